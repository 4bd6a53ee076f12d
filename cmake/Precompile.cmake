# ray_precompile(TARGET HEADER...): has the C++ sources of TARGET begin with these headers of others, parsed once for all of them.
#
# For every preset but clang and those of others than Linux: their compilers spent a fifth to a half of their time on them. The preset
# clang shows what a source forgets to include, and so does clang-tidy (tests/run), which sees none of this. The result lies beside the
# headers that it was made of, not in the build tree: all worktrees compile with the same bytes, so that they still share what ccache
# has. Its name has a hash of all that its flags come from.
function(ray_precompile target)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    set(suffix gch)
    set(flags_of_compiler "")
  elseif((RAY_STATIC AND CMAKE_BUILD_TYPE STREQUAL MinSizeRel) OR RAY_SANITIZE)
    set(suffix pch)
    # Clang asks when a header was changed, to a second; what lies here never is, and may be unpacked again.
    set(flags_of_compiler -Xclang -fno-pch-timestamp -fpch-instantiate-templates)
  else()
    return()
  endif()
  string(TOUPPER CMAKE_CXX_FLAGS_${CMAKE_BUILD_TYPE} flags_of_type)
  list(TRANSFORM ARGN REPLACE "(.+)" "#include <\\1>\n" OUTPUT_VARIABLE text)
  list(JOIN text "" text)
  get_target_property(options ray_options INTERFACE_COMPILE_OPTIONS)
  get_target_property(definitions ray_options INTERFACE_COMPILE_DEFINITIONS)
  get_target_property(own_options ${target} COMPILE_OPTIONS)
  get_target_property(libraries ${target} LINK_LIBRARIES)
  set(made_of ${text} ${RAY_TARGET} ${CMAKE_CXX_COMPILER_VERSION} ${CMAKE_CXX_FLAGS} ${${flags_of_type}} ${options} ${own_options} ${definitions} ${libraries})
  string(REPLACE ${CMAKE_SOURCE_DIR} . made_of "${made_of}")
  foreach(file Precompile.cmake precompile)
    file(SHA256 ${CMAKE_SOURCE_DIR}/cmake/${file} hash)
    list(APPEND made_of ${hash})
  endforeach()
  string(SHA256 hash "${made_of}")
  string(SUBSTRING ${hash} 0 12 hash)
  get_filename_component(folder ${RAY_HEADERS} DIRECTORY)
  set(header ${folder}/precompiled/${target}-${hash}.h)
  if(NOT EXISTS ${header})
    file(WRITE ${header} "${text}")
  endif()

  separate_arguments(flags UNIX_COMMAND "${CMAKE_CXX_FLAGS} ${${flags_of_type}}")
  set(definitions $<TARGET_PROPERTY:${target},COMPILE_DEFINITIONS>)
  add_custom_command(OUTPUT ${header}.${suffix} VERBATIM COMMAND_EXPAND_LISTS
    COMMAND ${CMAKE_SOURCE_DIR}/cmake/precompile ${header}.${suffix} ${header} ${CMAKE_CXX_COMPILER} ${flags} -std=c++${CMAKE_CXX_STANDARD}
            ${flags_of_compiler}
            $<TARGET_PROPERTY:${target},COMPILE_OPTIONS> "$<$<BOOL:${definitions}>:-D$<JOIN:${definitions},;-D>>"
            -isystem ${RAY_HEADERS})
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "\\.cc$")
  set(use_gch -include ${header} -Winvalid-pch)  # takes HEADER.gch, or says why not
  set(use_pch -include-pch ${header}.pch)
  set_property(SOURCE ${sources} APPEND PROPERTY COMPILE_OPTIONS ${use_${suffix}})
  set_property(SOURCE ${sources} APPEND PROPERTY OBJECT_DEPENDS ${header}.${suffix})
endfunction()
