// The parts of a shared page that are long: its time bar and its conversation, as HTML. Pure.
#pragma once

#include <string>
#include <vector>

#include "share/conversation.h"
#include "share/timeline.h"

namespace pk::share {

void append_timeline_html(std::string& out, const Timeline& timeline);

// Tool calls and reasoning fold; media are named boxes, never fetched. After k_turns_shown_max turns or
// k_shown_bytes_max bytes the rest is only counted.
inline constexpr std::size_t k_turns_shown_max = 1000;
void append_conversation_html(std::string& out, const std::vector<Turn>& turns);

}  // namespace pk::share
