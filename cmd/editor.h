// A text given to $VISUAL, $EDITOR or vi. Main thread, or the child that works on the ledger.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pk::cmd {

// A file of its own in a private folder, which goes with the object.
class Draft {
 public:
  static Result<Draft> make(std::string_view text, std::string_view file_name);
  Draft(Draft&& other) noexcept;
  Draft& operator=(Draft&&) = delete;
  ~Draft();

  // Runs the editor and reads what it left, at most `bytes_max`. io if the editor fails.
  Result<std::string> edit(std::size_t bytes_max) const;

  // The file stays, for someone whose text could not be taken.
  const std::filesystem::path& keep();

 private:
  explicit Draft(std::filesystem::path file) : m_file(std::move(file)) {}
  std::filesystem::path m_file;  // "" once moved away
  bool m_keep = false;
};

// `before` as a draft of that name in the editor; what that leaves goes to `save`. False if it was left as it
// was. A text that is too long, or that `save` refuses, stays in its file, and the error says where.
Result<bool> edit_text(std::string_view before, std::string_view file_name, std::size_t bytes_max,
                       const std::function<Result<void>(const std::string& after)>& save);

}  // namespace pk::cmd
