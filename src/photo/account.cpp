// SPDX-License-Identifier: GPL-3.0-or-later
#include "photo/account.h"

namespace keepsake::photo {

std::string_view name(Shortfall::State state) {
  switch (state) {
    case Shortfall::State::pending:
      return "pending";
    case Shortfall::State::failed:
      return "failed";
    case Shortfall::State::excluded:
      return "excluded";
  }
  return "pending";
}

}  // namespace keepsake::photo
