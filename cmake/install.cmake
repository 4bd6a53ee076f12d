# What `cmake --install` puts where, and the Debian package of it that cpack makes.
include(GNUInstallDirs)
install(TARGETS kubectl-ray RUNTIME COMPONENT plugin)
if(TARGET ray-init-agent)
  install(TARGETS ray-init-agent RUNTIME COMPONENT agent)
endif()
set(documents ${CMAKE_INSTALL_DATADIR}/doc/kubectl-ray)
install(FILES LICENSE DESTINATION ${documents} COMPONENT plugin)

# The program writes its own helper, completions and manual pages.
set(RAY_SHARE "" CACHE PATH "What krew/share has made, where this machine cannot run the program that is built")
set(share ${RAY_SHARE})
if(NOT share)
  set(share ${CMAKE_BINARY_DIR}/share)
  install(CODE "execute_process(COMMAND ${CMAKE_SOURCE_DIR}/krew/share $<TARGET_FILE:kubectl-ray> ${share}
                                COMMAND_ERROR_IS_FATAL ANY)" COMPONENT plugin)
endif()
install(PROGRAMS ${share}/kubectl_complete-ray TYPE BIN COMPONENT plugin)
install(DIRECTORY ${share}/share/ DESTINATION ${CMAKE_INSTALL_DATADIR} COMPONENT plugin)

if(NOT RAY_TARGET STREQUAL native)
  set(notices ${CMAKE_BINARY_DIR}/NOTICES)
  install(CODE "execute_process(COMMAND python3 ${CMAKE_SOURCE_DIR}/krew/parts.py ${CMAKE_BINARY_DIR} kubectl-ray
                                OUTPUT_FILE ${notices} COMMAND_ERROR_IS_FATAL ANY)" COMPONENT plugin)
  install(FILES ${notices} DESTINATION ${documents} COMPONENT plugin)
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME kubectl-ray)
set(CPACK_PACKAGE_CONTACT "The kubectl-ray authors")  # krew/release names one that has an address
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "kubectl plugin for Ray clusters and jobs")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL plugin)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_PLUGIN_PACKAGE_NAME kubectl-ray)
set(CPACK_DEBIAN_PLUGIN_FILE_NAME DEB-DEFAULT)
set(architecture_x86_64 amd64)
set(architecture_aarch64 arm64)
set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE ${architecture_${CMAKE_SYSTEM_PROCESSOR}})
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS kubectl)
include(CPack)
