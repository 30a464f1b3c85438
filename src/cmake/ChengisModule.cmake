# chg_module(NAME <name> SOURCES <files> [DEPS <modules>] [LIBS <targets>])
#
# One folder of src/ is one module: a static library chg_<name> that unit tests link alone, and whose objects go
# into libchengis. DEPS are modules of lower layers; tests/checks/layers proves that.
set_property(GLOBAL PROPERTY CHENGIS_MODULES "")

function(chg_module)
  cmake_parse_arguments(M "" "NAME" "SOURCES;DEPS;LIBS" ${ARGN})
  add_library(chg_${M_NAME} STATIC ${M_SOURCES})
  target_include_directories(chg_${M_NAME} PUBLIC
    ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src ${PROJECT_BINARY_DIR}/src)
  list(TRANSFORM M_DEPS PREPEND chg_)
  target_link_libraries(chg_${M_NAME} PUBLIC ${M_DEPS} ${M_LIBS} Threads::Threads)
  set_property(GLOBAL APPEND PROPERTY CHENGIS_MODULES chg_${M_NAME})
endfunction()
