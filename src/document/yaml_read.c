/* SPDX-License-Identifier: MIT */
/* Reading YAML from the events of libyaml. The only user of libyaml; nothing recurses, frames are
 * on the heap. */
#include <string.h>
#include <yaml.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/map.h"
#include "document/document_priv.h"

#include "base/banned.h"

/* What an anchor names. node is NULL while its collection is still open. */
struct anchor {
    const struct chg_node *node;
    struct chg_place place;
    size_t size;   /* nodes below and including it, aliases expanded */
    size_t height; /* levels of collections */
};

/* An open collection. */
struct frame {
    struct chg_node *node;
    struct anchor *anchor; /* or NULL */
    size_t first;          /* of its items in reader->pending */
    size_t size;
    size_t height;             /* of its highest child */
    struct chg_place last_end; /* behind its last child */
    bool flow;
};

struct yaml {
    struct chg_reader *reader;
    yaml_parser_t parser;
    yaml_event_t event;
    struct chg_map anchors;
    CHG_VEC(struct frame) frames;
    size_t documents;
};

static struct chg_place place_of(const yaml_mark_t *mark)
{
    return (struct chg_place){(uint32_t)mark->line + 1, (uint32_t)mark->column + 1};
}

static int out_of_memory(struct yaml *y)
{
    y->reader->failed = CHENGIS_ERR_NO_MEMORY;
    return CHENGIS_ERR_NO_MEMORY;
}

/* What to do about problems whose wording in libyaml leaves people puzzled. */
static const struct {
    const char *problem;
    const char *hint;
} hints[] = {
    {"found character that cannot start any token",
     "; indent with spaces, and quote a text that starts with @, ` or %"},
    {"mapping values are not allowed in this context", "; quote a text that holds ': '"},
    {"did not find expected key", "; check the indentation, and quotes inside quotes"},
    {"did not find expected '-' indicator", "; check the indentation"},
    {"could not find expected ':'", "; check the indentation"},
};

static const char *hint_for(const char *problem)
{
    for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
        if (strcmp(hints[i].problem, problem) == 0)
            return hints[i].hint;
    return "";
}

static int syntax_error(struct yaml *y)
{
    const yaml_parser_t *parser = &y->parser;
    const char *problem = parser->problem == NULL ? "syntax error" : parser->problem;
    struct chg_place place = place_of(&parser->problem_mark);
    const char *hint = hint_for(problem);

    if (parser->error == YAML_MEMORY_ERROR)
        return out_of_memory(y);
    if (parser->error == YAML_READER_ERROR)
        return chg_reader_error(y->reader, y->reader->text + parser->problem_offset, "%s", problem);
    if (parser->context == NULL || parser->context_mark.index == parser->problem_mark.index)
        return chg_reader_error_at(y->reader, &place, "%s%s", problem, hint);
    return chg_reader_error_at(y->reader, &place, "%s, %s that starts at line %zu, column %zu%s",
                               problem, parser->context, parser->context_mark.line + 1,
                               parser->context_mark.column + 1, hint);
}

/* For "%.*s" of a name in a message. */
static int shown(const char *text)
{
    return chg_utf8_cut(text, strlen(text), CHG_SHOWN_MAX);
}

static int new_node(struct yaml *y, struct chg_node **out, enum chg_node_kind kind)
{
    struct chg_place place = place_of(&y->event.start_mark);
    struct chg_node *node;
    int rc = chg_reader_count_nodes(y->reader, 1, &place);

    if (rc < 0)
        return rc;
    node = (struct chg_node *)chg_reader_alloc(y->reader, sizeof(*node));
    if (node == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    *node = (struct chg_node){.kind = kind, .place = place, .text = ""};
    node->end = place_of(&y->event.end_mark);
    *out = node;
    return 0;
}

static int new_anchor(struct yaml *y, struct anchor **out, const yaml_char_t *name)
{
    struct anchor *anchor;

    *out = NULL;
    if (name == NULL)
        return 0;
    anchor = (struct anchor *)chg_reader_alloc(y->reader, sizeof(*anchor));
    if (anchor == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    *anchor = (struct anchor){.place = place_of(&y->event.start_mark)};
    if (chg_map_put(&y->anchors, (const char *)name, anchor) < 0)
        return out_of_memory(y);
    *out = anchor;
    return 0;
}

static void set_anchor(struct anchor *anchor, const struct chg_node *node, size_t size,
                       size_t height)
{
    if (anchor == NULL)
        return;
    anchor->node = node;
    anchor->size = size;
    anchor->height = height;
}

/* A finished node: the root, or the next key, value or item of the innermost frame. */
static int add_child(struct yaml *y, const struct chg_node *node, size_t size, size_t height)
{
    bool ended =
        y->event.type == YAML_SEQUENCE_END_EVENT || y->event.type == YAML_MAPPING_END_EVENT;
    struct frame *frame;

    if (y->frames.len == 0) {
        y->reader->doc->root = node;
        return 0;
    }
    frame = &y->frames.items[y->frames.len - 1];
    if (frame->node->kind == CHG_NODE_MAP && (y->reader->pending.len - frame->first) % 2 == 0 &&
        chg_node_is_collection(node)) {
        struct chg_place place = ended ? node->place : place_of(&y->event.start_mark);

        return chg_reader_error_at(y->reader, &place, "%s cannot be a key; keys are text",
                                   chg_node_kind_name(node));
    }
    frame->size += size;
    frame->height = height > frame->height ? height : frame->height;
    frame->last_end = ended ? node->end : place_of(&y->event.end_mark);
    return chg_reader_push(y->reader, node);
}

#define CORE_TAG "tag:yaml.org,2002:"

/* The part of a core tag behind its prefix; "" for the non-specific tag `!`; NULL for any other
 * tag. */
static const char *core_tag(const yaml_char_t *tag)
{
    const char *text = (const char *)tag;

    if (strcmp(text, "!") == 0)
        return "";
    return strncmp(text, CORE_TAG, strlen(CORE_TAG)) == 0 ? text + strlen(CORE_TAG) : NULL;
}

static int refuse_tag(struct yaml *y, const yaml_char_t *tag, const char *what)
{
    struct chg_place place = place_of(&y->event.start_mark);
    const char *text = (const char *)tag;
    bool core = strncmp(text, CORE_TAG, strlen(CORE_TAG)) == 0;

    if (core)
        text += strlen(CORE_TAG);
    return chg_reader_error_at(y->reader, &place, "tag %s%.*s is not known for %s",
                               core ? "!!" : "", shown(text), text, what);
}

static int apply_tag(struct yaml *y, struct chg_node *node, const yaml_char_t *tag)
{
    static const struct {
        const char *name;
        enum chg_node_kind kind;
    } tags[] = {
        {"", CHG_NODE_STRING},     {"str", CHG_NODE_STRING}, {"int", CHG_NODE_INT},
        {"float", CHG_NODE_FLOAT}, {"bool", CHG_NODE_BOOL},  {"null", CHG_NODE_NULL},
    };
    const char *name = core_tag(tag);
    enum chg_node_kind wanted;
    size_t i = 0;

    while (name != NULL && i < sizeof(tags) / sizeof(tags[0]) && strcmp(tags[i].name, name) != 0)
        i++;
    if (name == NULL || i == sizeof(tags) / sizeof(tags[0]))
        return refuse_tag(y, tag, "a scalar");
    wanted = tags[i].kind;
    node->quoted = wanted == CHG_NODE_STRING;
    if (wanted == CHG_NODE_STRING) {
        node->kind = CHG_NODE_STRING;
        return 0;
    }
    chg_yaml_resolve(node, node->text, node->text_len);
    if (wanted == CHG_NODE_FLOAT && node->kind == CHG_NODE_INT)
        node->kind = CHG_NODE_FLOAT;
    if (node->kind != wanted)
        return chg_reader_error_at(y->reader, &node->place, "'%.*s' does not fit its tag !!%s",
                                   shown(node->text), node->text, name);
    return 0;
}

static int on_scalar(struct yaml *y)
{
    const yaml_event_t *event = &y->event;
    const char *text = (const char *)event->data.scalar.value;
    size_t len = event->data.scalar.length;
    const yaml_char_t *tag = event->data.scalar.tag;
    struct anchor *anchor;
    struct chg_node *node = NULL;
    int rc = new_anchor(y, &anchor, event->data.scalar.anchor);

    if (rc == 0)
        rc = new_node(y, &node, CHG_NODE_STRING);
    if (rc == 0)
        rc = chg_reader_set_text(y->reader, node, text, len);
    if (rc < 0)
        return rc;
    if (tag != NULL)
        rc = apply_tag(y, node, tag);
    else if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
        chg_yaml_resolve(node, text, len);
    else
        node->quoted = true;
    if (rc < 0)
        return rc;
    set_anchor(anchor, node, 1, 0);
    return add_child(y, node, 1, 0);
}

static int on_start(struct yaml *y, enum chg_node_kind kind)
{
    const yaml_event_t *event = &y->event;
    bool map = kind == CHG_NODE_MAP;
    const yaml_char_t *tag = map ? event->data.mapping_start.tag : event->data.sequence_start.tag;
    const char *core = tag == NULL ? "" : core_tag(tag);
    struct frame frame = {.first = y->reader->pending.len, .size = 1};
    int rc = new_anchor(y, &frame.anchor,
                        map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor);

    if (rc == 0)
        rc = new_node(y, &frame.node, kind);
    if (rc == 0)
        rc = chg_reader_enter(y->reader, &frame.node->place);
    if (rc < 0)
        return rc;
    if (core == NULL || (*core != '\0' && strcmp(core, map ? "map" : "seq") != 0))
        return refuse_tag(y, tag, chg_node_kind_name(frame.node));
    frame.last_end = frame.node->end;
    frame.flow = map ? event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
                     : event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
    rc = chg_vec_push(&y->frames, frame);
    return rc < 0 ? out_of_memory(y) : 0;
}

static int finish_map(struct yaml *y, struct chg_node *node)
{
    bool merges = false;

    if (chg_reader_check_keys(y->reader, node, chg_node_compare_text) < 0)
        return CHENGIS_ERR_NO_MEMORY;
    for (size_t i = 0; i < node->count; i++)
        merges |= chg_yaml_is_merge(chg_node_key(node, i));
    return merges ? chg_yaml_merge(y->reader, node) : 0;
}

static int on_end(struct yaml *y)
{
    struct frame frame = y->frames.items[--y->frames.len];
    int rc = chg_reader_take_items(y->reader, frame.node, frame.first);

    y->reader->depth--;
    if (rc == 0 && frame.node->kind == CHG_NODE_MAP)
        rc = finish_map(y, frame.node);
    if (rc < 0)
        return rc;
    /* libyaml ends a block collection where the next token starts: too far. */
    frame.node->end = frame.flow ? place_of(&y->event.end_mark) : frame.last_end;
    set_anchor(frame.anchor, frame.node, frame.size, frame.height + 1);
    return add_child(y, frame.node, frame.size, frame.height + 1);
}

/* Aliases share the node they name; what that would be written out is held to the limits. */
static int on_alias(struct yaml *y)
{
    const char *name = (const char *)y->event.data.alias.anchor;
    const struct anchor *anchor = (const struct anchor *)chg_map_get(&y->anchors, name);
    struct chg_place place = place_of(&y->event.start_mark);
    int rc;

    if (anchor == NULL)
        return chg_reader_error_at(y->reader, &place, "alias *%.*s names no anchor before it",
                                   shown(name), name);
    if (anchor->node == NULL)
        return chg_reader_error_at(
            y->reader, &place,
            "alias *%.*s stands inside what it names (anchor at line %u, column %u)", shown(name),
            name, anchor->place.line, anchor->place.column);
    rc = chg_reader_count_nodes(y->reader, anchor->size, &place);
    if (rc < 0)
        return rc;
    if (anchor->height > y->reader->limits.max_depth - y->reader->depth)
        return chg_reader_error_at(y->reader, &place, "nesting deeper than %zu levels",
                                   y->reader->limits.max_depth);
    return add_child(y, anchor->node, anchor->size, anchor->height);
}

static int on_document(struct yaml *y)
{
    struct chg_place place = place_of(&y->event.start_mark);

    if (y->documents++ == 0)
        return 0;
    return chg_reader_error_at(y->reader, &place,
                               "a second document starts here; the file must hold one");
}

static int on_event(struct yaml *y)
{
    switch (y->event.type) {
    case YAML_DOCUMENT_START_EVENT:
        return on_document(y);
    case YAML_SCALAR_EVENT:
        return on_scalar(y);
    case YAML_ALIAS_EVENT:
        return on_alias(y);
    case YAML_SEQUENCE_START_EVENT:
        return on_start(y, CHG_NODE_VECTOR);
    case YAML_MAPPING_START_EVENT:
        return on_start(y, CHG_NODE_MAP);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return on_end(y);
    default:
        return 0;
    }
}

static int read_events(struct yaml *y)
{
    bool more = true;

    while (more) {
        int rc;

        if (!yaml_parser_parse(&y->parser, &y->event))
            return syntax_error(y);
        more = y->event.type != YAML_STREAM_END_EVENT;
        rc = on_event(y);
        yaml_event_delete(&y->event);
        if (rc < 0)
            return rc;
    }
    return 0;
}

int chg_yaml_read(struct chg_reader *reader)
{
    struct yaml y = {.reader = reader, .anchors = CHG_MAP_INIT(NULL)};
    int rc;

    if (!yaml_parser_initialize(&y.parser))
        return out_of_memory(&y);
    yaml_parser_set_encoding(&y.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&y.parser, (const unsigned char *)reader->text,
                                 (size_t)(reader->end - reader->text));
    rc = read_events(&y);
    yaml_parser_delete(&y.parser);
    chg_map_fini(&y.anchors);
    chg_vec_fini(&y.frames);
    if (rc == 0 && reader->doc->root == NULL)
        reader->doc->root = chg_reader_node(reader, CHG_NODE_NULL, reader->text);
    return rc;
}
