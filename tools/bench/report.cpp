// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/bench/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace keepsake::bench {
namespace {

using Measures = std::vector<Measure>;

template <class Quality>
std::vector<double> each(const Measures& measures, const Quality& quality) {
  std::vector<double> values;
  for (const Measure& measure : measures) values.push_back(quality(measure));
  return values;
}

double cpu(const Measure& measure) { return measure.cpu(); }

double cpu_without_key(const Measure& measure) { return measure.cpu_without_key(); }

double key_alone(const Measure& measure) { return measure.key; }

double wall(const Measure& measure) { return measure.wall; }

double mebibytes(const Measure& measure) { return measure.mebibytes(); }

/// A quantity's name in a sentence, and how it is read off.
struct Scale {
  const char* name;
  double (*read)(const Measure&);
};

Scale scale_of(Quantity quantity) {
  switch (quantity) {
    case Quantity::cpu:
      return {"CPU", cpu};
    case Quantity::cpu_without_key:
      return {"CPU without key", cpu_without_key};
    case Quantity::wall:
      return {"wall time", wall};
    case Quantity::memory:
      return {"peak memory", mebibytes};
  }
  return {"CPU", cpu};
}

/// How many times as much the first one took, as the median over the rounds.
template <class Quality>
double factor(const Measures& one, const Measures& other, const Quality& quality) {
  std::vector<double> factors;
  for (std::size_t i = 0; i < std::min(one.size(), other.size()); ++i)
    factors.push_back(quality(one[i]) / quality(other[i]));
  return median(factors);
}

std::string row(const Race& race, std::size_t index, const Rounds& rounds) {
  const Measures& measures = rounds[index];
  const std::string& name = race.runners[index].name;
  if (measures.empty()) return fmt::format("| {} | failed | | | | | | |\n", name);
  const auto cpu_seconds = each(measures, cpu);
  const auto [least, most] = std::ranges::minmax(cpu_seconds);
  const double megabytes = static_cast<double>(race.bytes.value) / 1e6;
  return fmt::format(
      "| {} | {:.2f} ({:.2f} to {:.2f}) | {:.2f} | {} | {:.2f} | {:.0f} | {} | {} |\n",
      name,
      median(cpu_seconds),
      least,
      most,
      median(each(measures, [](const Measure& measure) { return measure.user; })),
      race.runners[index].key.empty() ? ""
                                      : fmt::format("{:.2f}", median(each(measures, key_alone))),
      median(each(measures, wall)),
      median(each(measures, mebibytes)),
      race.bytes.value == 0 ? "" : fmt::format("{:.0f}", megabytes / median(cpu_seconds)),
      rounds.front().empty() ? "" : fmt::format("{:.2f}", factor(measures, rounds.front(), cpu)));
}

struct Verdict {
  std::string line;
  bool met = false;
};

Verdict judge(const Race& race, const Target& target, const Rounds& rounds) {
  const auto runner = std::ranges::find(race.runners, target.other, &Runner::name);
  const Measures& other = rounds[static_cast<std::size_t>(runner - race.runners.begin())];
  const Measures& ours = rounds.front();
  const Scale scale = scale_of(target.quantity);
  if (ours.empty() || other.empty())
    return {fmt::format("- {}: not measured against {}\n", target.name, target.other), false};
  const double taken = factor(ours, other, scale.read);
  if (target.kind == Target::Kind::times_as_much) {
    const bool met = taken <= target.factor;
    return {fmt::format("- {}: {:.2f} times the {} of {}, at most {:g}: **{}**\n",
                        target.name,
                        taken,
                        scale.name,
                        target.other,
                        target.factor,
                        met ? "PASS" : "MISS"),
            met};
  }
  const bool met = 1 / taken >= target.factor;
  return {fmt::format("- {}: 1/{:.2f} of the {} of {}, at most 1/{:g}: **{}**\n",
                      target.name,
                      1 / taken,
                      scale.name,
                      target.other,
                      target.factor,
                      met ? "PASS" : "MISS"),
          met};
}

}  // namespace

Report report_on(const Race& race, const Rounds& rounds) {
  Report report;
  report.markdown = fmt::format("## {}\n\n", race.title);
  report.markdown += fmt::format("Medians of {} rounds in turn", race.rounds);
  if (race.bytes.value > 0) report.markdown += ", over " + readable(race.bytes);
  report.markdown += fmt::format(
      ".\n\n| | CPU s (least to most) | user s | of it key s | wall s | peak RSS MiB "
      "| MB per CPU-s | CPU, times {} |\n|---|---:|---:|---:|---:|---:|---:|---:|\n",
      race.runners.front().name);
  for (std::size_t i = 0; i < race.runners.size(); ++i) {
    report.markdown += row(race, i, rounds);
    if (rounds[i].empty()) report.all_met = false;
  }
  report.markdown += '\n';
  for (const Target& target : race.targets) {
    const Verdict verdict = judge(race, target, rounds);
    report.markdown += verdict.line;
    if (!verdict.met) report.all_met = false;
  }
  return report;
}

}  // namespace keepsake::bench
