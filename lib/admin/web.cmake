# The web page as a source file of pk_admin: npm builds it from lib/admin/web, embed.mjs writes its files, compressed,
# into assets_data.cc. Without it (-DPK_UI=OFF) there are none, and nothing of node is needed.
set(assets_data ${CMAKE_BINARY_DIR}/web/assets_data.cc)
if(PK_UI)
  find_program(NPM_EXECUTABLE npm)
  find_program(NODE_EXECUTABLE node)
  if(NOT NPM_EXECUTABLE OR NOT NODE_EXECUTABLE)
    message(FATAL_ERROR "the web page needs node and npm, 18 or later; build without it by -DPK_UI=OFF")
  endif()
  set(web ${CMAKE_CURRENT_SOURCE_DIR}/admin/web)
  file(GLOB_RECURSE web_sources CONFIGURE_DEPENDS ${web}/src/*)
  set(modules ${web}/node_modules/.package-lock.json)
  add_custom_command(OUTPUT ${modules}
    COMMAND ${NPM_EXECUTABLE} ci --prefer-offline --no-audit --no-fund --loglevel=error
    COMMAND ${CMAKE_COMMAND} -E touch ${modules}
    DEPENDS ${web}/package.json ${web}/package-lock.json ${web}/.npmrc
    WORKING_DIRECTORY ${web} COMMENT "Fetching what the web page is made of" VERBATIM)
  add_custom_command(OUTPUT ${assets_data}
    COMMAND ${NODE_EXECUTABLE} build.mjs --outdir ${CMAKE_BINARY_DIR}/web/dist
    COMMAND ${NODE_EXECUTABLE} ../embed.mjs ${CMAKE_BINARY_DIR}/web/dist ${assets_data}
    DEPENDS ${modules} ${web_sources} ${web}/build.mjs ${web}/tsconfig.json ${CMAKE_CURRENT_SOURCE_DIR}/admin/embed.mjs
    WORKING_DIRECTORY ${web} COMMENT "Building the web page" VERBATIM)
else()
  # A file of its own: switched on again, the page would else be older than what says that there is none.
  set(assets_data ${CMAKE_BINARY_DIR}/web/assets_none.cc)
  file(CONFIGURE OUTPUT ${assets_data} CONTENT
    "#include \"admin/assets.h\"\n\nstd::span<const pk::admin::Asset> pk::admin::assets() {\n  return {};\n}\n")
endif()
target_sources(pk_admin PRIVATE ${assets_data})
