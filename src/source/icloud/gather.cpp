// SPDX-License-Identifier: GPL-3.0-or-later
#include "source/icloud/gather.h"

#include "base/channel.h"
#include "base/guarded.h"
#include "base/task_scope.h"

#include <cstddef>
#include <utility>

namespace keepsake::source::icloud {

namespace {

constexpr std::size_t threads = 4;  // as many questions at once as a browser asks
constexpr std::size_t waiting = 4;  // pages, of a megabyte each

}  // namespace

Result<> gather(const std::function<Result<>(const EmitPage&, const std::stop_token&)>& work,
                const std::function<Result<>(Page)>& take,
                const std::stop_token& stop) {
  Channel<Page> pages(waiting);
  Guarded<std::size_t> busy(threads);
  TaskScope scope(stop);
  for (std::size_t i = 0; i < threads; ++i)
    scope.start([&](const std::stop_token& token) -> Result<> {
      const EmitPage emit = [&](Page page) { return pages.send(std::move(page), token); };
      const auto worked = work(emit, token);
      const bool last = busy.with([](std::size_t& count) { return --count == 0; });
      // Whoever fails ends it for all: what is in the channel by then is not taken any more.
      if (last || !worked) pages.close();
      return worked;
    });
  while (auto page = pages.receive(stop)) TRY(take(*std::move(page)));
  return scope.join();
}

}  // namespace keepsake::source::icloud
