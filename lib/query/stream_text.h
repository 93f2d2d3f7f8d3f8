// Whether a stream might say a text that its events cut in pieces: asked before they are joined, which is a
// hundred times dearer.
#pragma once

#include <string_view>

#include "query/literal.h"

namespace pk::query {

// False: `text` is not in the message that log::joined_message() makes of `events`, unless it is in the
// events themselves, as they stand or with escapes undone. True says nothing. Pure.
//
// The message is made of strings of the events, joined in their order, of words of its own, and of what lies
// between strings. A text that no string can hold alone, or that may lie between them, is not looked for
// here: true.
bool might_join(const Literal& text, std::string_view events);

}  // namespace pk::query
