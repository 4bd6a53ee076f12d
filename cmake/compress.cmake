# cmake -DINPUT=... -DOUTPUT=....gz [-DSTRIP=strip] -P compress.cmake: the same input gives the same bytes.
set(stripped ${OUTPUT}.stripped)
if(STRIP)
  execute_process(COMMAND ${STRIP} -o ${stripped} ${INPUT} COMMAND_ERROR_IS_FATAL ANY)
else()
  configure_file(${INPUT} ${stripped} COPYONLY)
endif()
execute_process(COMMAND gzip -9 -n INPUT_FILE ${stripped} OUTPUT_FILE ${OUTPUT} COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE ${stripped})
