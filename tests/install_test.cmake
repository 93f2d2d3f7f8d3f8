# Installs the build into a folder of its own and looks whether what a user needs stands where each tool looks for it.
#   cmake -DBUILD=… -DSOURCE=… -DWORK=… -P install_test.cmake
file(REMOVE_RECURSE ${WORK})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK} OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)

function(expect file)
  if(NOT EXISTS ${WORK}/${file})
    message(SEND_ERROR "not installed: ${file}")
  endif()
endfunction()

expect(bin/pk)
expect(share/bash-completion/completions/pk)
expect(share/zsh/site-functions/_pk)
expect(share/fish/vendor_completions.d/pk.fish)
expect(share/doc/pk/copyright)
file(GLOB pages RELATIVE ${SOURCE}/man ${SOURCE}/man/*.[1-8])
if(NOT pages)
  message(SEND_ERROR "no manual pages in man/")
endif()
foreach(page ${pages})
  string(REGEX MATCH "[1-8]$" section ${page})
  expect(share/man/man${section}/${page})
endforeach()
if(EXISTS ${SOURCE}/cmd/dist/pk.service)
  expect(lib/systemd/system/pk.service)
endif()

# The installed binary runs from where it stands.
execute_process(COMMAND ${WORK}/bin/pk --version OUTPUT_VARIABLE version COMMAND_ERROR_IS_FATAL ANY)
if(NOT version MATCHES "[0-9]+\\.[0-9]+")
  message(SEND_ERROR "pk --version says: ${version}")
endif()
file(REMOVE_RECURSE ${WORK})
