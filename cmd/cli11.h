// CLI11, for every file of this folder. Its headers define eight validators as constants of each file that
// includes them, made before main and taken down behind it: with 65 files, a third of what `pk logs list`
// executed. Nobody here uses them, so each is declared a null pointer instead.
#pragma once

#define ExistingFile *const unused_existing_file = nullptr
#define ExistingDirectory *const unused_existing_directory = nullptr
#define ExistingPath *const unused_existing_path = nullptr
#define NonexistentPath *const unused_nonexistent_path = nullptr
#define ValidIPV4 *const unused_valid_ipv4 = nullptr
#define Number(...) *const unused_number = nullptr
#define NonNegativeNumber(...) *const unused_non_negative_number = nullptr
#define PositiveNumber(...) *const unused_positive_number = nullptr

#include <CLI/CLI.hpp>

#undef ExistingFile
#undef ExistingDirectory
#undef ExistingPath
#undef NonexistentPath
#undef ValidIPV4
#undef Number
#undef NonNegativeNumber
#undef PositiveNumber
