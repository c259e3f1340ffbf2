// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/bench/growth.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace keepsake::bench {
namespace {

using Measures = std::vector<Measure>;

template <class Number>
Result<> read_number(std::string_view word, const std::string& text, Number& number) {
  if (std::istringstream(text) >> number) return {};
  return fail(Cause::invalid, "{} is a number", word);
}

Result<> read_work_line(Growth& growth, const std::string& word, const std::string& rest) {
  if (growth.works.empty()) return fail(Cause::invalid, "\"{}\" stands before any work", word);
  Work& work = growth.works.back();
  if (word == "prepare")
    work.prepare = rest;
  else if (word == "command")
    work.command = rest;
  else
    return fail(Cause::invalid, "a growth has no \"{}\"", word);
  return {};
}

Result<> read_line(Growth& growth, const std::string& line) {
  std::istringstream words(line);
  std::string word;
  std::string rest;
  words >> word >> std::ws;
  std::getline(words, rest);
  if (word.empty()) return {};
  if (word == "small") return read_number(word, rest, growth.assets[0]);
  if (word == "large") return read_number(word, rest, growth.assets[1]);
  if (word == "rounds")
    return read_number(
        word, rest, growth.works.empty() ? growth.rounds : growth.works.back().rounds);
  if (word == "title")
    growth.title = rest;
  else if (word == "work")
    growth.works.push_back({rest, {}, {}, growth.rounds});
  else
    return read_work_line(growth, word, rest);
  return {};
}

template <class Quality>
double middle(const Measures& measures, const Quality& quality) {
  std::vector<double> values;
  values.reserve(measures.size());
  for (const Measure& measure : measures) values.push_back(quality(measure));
  return median(std::move(values));
}

double cpu_of(const Measures& measures) {
  return middle(measures, [](const Measure& it) { return it.cpu(); });
}

double wall_of(const Measures& measures) {
  return middle(measures, [](const Measure& it) { return it.wall; });
}

double memory_of(const Measures& measures) {
  return middle(measures, [](const Measure& it) { return it.mebibytes(); });
}

/// What the works that were measured came to at worst.
struct Worst {
  double value = 0;
  std::string work;

  void meet(double other, const std::string& name) {
    if (other <= value) return;
    value = other;
    work = name;
  }
};

std::string row(const std::string& name, const Measures& few, const Measures& many, double grown) {
  return fmt::format("| {} | {:.2f} | {:.2f} | {:.2f} | {:.2f} | {:.2f} | {:.0f} | {:.0f} |\n",
                     name,
                     cpu_of(few),
                     cpu_of(many),
                     grown,
                     wall_of(few),
                     wall_of(many),
                     memory_of(few),
                     memory_of(many));
}

std::string verdict(std::string_view what, const Worst& worst, double most) {
  return fmt::format("- {}: {:.2f} at most ({}), may be {:g}: **{}**\n",
                     what,
                     worst.value,
                     worst.work,
                     most,
                     worst.value <= most ? "PASS" : "MISS");
}

}  // namespace

Result<Growth> parse_growth(std::string_view text) {
  Growth growth;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) TRY(read_line(growth, line));
  if (growth.assets[0] == 0 || growth.assets[1] <= growth.assets[0])
    return fail(Cause::invalid, "a growth goes from a small library to a large one");
  if (growth.works.empty()) return fail(Cause::invalid, "a growth needs a work");
  return growth;
}

GrowthReport report_on(const Growth& growth, const GrowthRounds& rounds) {
  const auto [small, large] = growth.assets;
  const double times = static_cast<double>(large) / static_cast<double>(small);
  GrowthReport report;
  report.markdown = fmt::format(
      "## {0}\n\nMedians of {1} rounds; each first over {2} assets, then over {3}.\n\n"
      "| | CPU s, {2} | {3} | CPU per asset, times | wall s, {2} | {3} | peak RSS MiB, {2} | {3} "
      "|\n|---|---:|---:|---:|---:|---:|---:|---:|\n",
      growth.title,
      growth.rounds,
      small,
      large);
  Worst per_asset;
  Worst memory;
  for (std::size_t i = 0; i < growth.works.size(); ++i) {
    const std::string& name = growth.works[i].name;
    const auto& [few, many] = rounds[i];
    if (few.empty() || many.empty()) {
      report.markdown += fmt::format("| {} | failed | | | | | | |\n", name);
      report.all_met = false;
      continue;
    }
    const double grown = cpu_of(many) / cpu_of(few) / times;
    per_asset.meet(grown, name);
    memory.meet(std::max(memory_of(few), memory_of(many)), name);
    report.markdown += row(name, few, many, grown);
  }
  report.markdown += '\n';
  report.markdown += verdict("CPU per asset, times", per_asset, growth.most_per_asset);
  report.markdown += verdict("peak memory in MiB", memory, growth.most_mebibytes);
  if (per_asset.value > growth.most_per_asset || memory.value > growth.most_mebibytes)
    report.all_met = false;
  return report;
}

}  // namespace keepsake::bench
