/* SPDX-License-Identifier: MIT */
/* EDN: a first byte "c" reads many forms, any other one; the rest is the text. */
#include "fuzz_document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    return fuzz_document(data + 1, size - 1, data[0] == 'c' ? "clj" : "edn");
}
