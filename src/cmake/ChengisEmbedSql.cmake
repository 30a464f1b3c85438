# chg_embed_sql(OUTPUT <file.c> SYMBOL <name> DIR <folder with NNN-name.{up,down}.sql>)
#
# Writes the migrations of a folder, and the schema.sql they amount to, into one C file at build time.
function(chg_embed_sql)
  cmake_parse_arguments(E "" "OUTPUT;SYMBOL;DIR" "" ${ARGN})
  file(GLOB sql CONFIGURE_DEPENDS "${E_DIR}/*.sql")
  add_custom_command(
    OUTPUT ${E_OUTPUT}
    COMMAND ${CMAKE_COMMAND} -DDIR=${E_DIR} -DOUTPUT=${E_OUTPUT} -DSYMBOL=${E_SYMBOL}
            -P ${PROJECT_SOURCE_DIR}/src/cmake/embed_sql.cmake
    DEPENDS ${sql} ${PROJECT_SOURCE_DIR}/src/cmake/embed_sql.cmake
    VERBATIM)
endfunction()
