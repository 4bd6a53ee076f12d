#include "kubectl-ray/formats/unified_diff.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace kubectl_ray {
namespace {

constexpr int kMaxChanges = 1000;
constexpr std::size_t kContext = 3;

using Lines = std::vector<std::string_view>;

// The lines with their line breaks, so that a last line without one differs from one with it.
Lines SplitLines(std::string_view text) {
  Lines lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    const std::size_t next = end == text.npos ? text.size() : end + 1;
    lines.push_back(text.substr(at, next - at));
    at = next;
  }
  return lines;
}

struct Step {
  char kind;  // ' ', '-' or '+'
  std::string_view line;
};

// Myers' greedy search. `furthest[d]` is the state before step d: for each diagonal k from -d to d the
// furthest old line that was reached.
std::optional<std::vector<std::vector<int>>> Search(const Lines& a, const Lines& b) {
  const int n = static_cast<int>(a.size()), m = static_cast<int>(b.size()),
            limit = std::min(n + m, kMaxChanges);
  std::vector<std::vector<int>> trace;
  std::vector<int> furthest(static_cast<std::size_t>(2 * limit + 3), 0);
  const auto at = [&](int k) -> int& { return furthest[static_cast<std::size_t>(k + limit + 1)]; };
  for (int d = 0; d <= limit; ++d) {
    trace.emplace_back(furthest.begin() + (limit + 1 - d - 1), furthest.begin() + (limit + 1 + d + 2));
    for (int k = -d; k <= d; k += 2) {
      int x = k == -d || (k != d && at(k - 1) < at(k + 1)) ? at(k + 1) : at(k - 1) + 1;
      while (x < n && x - k < m && a[static_cast<std::size_t>(x)] == b[static_cast<std::size_t>(x - k)]) ++x;
      at(k) = x;
      if (x >= n && x - k >= m) return trace;
    }
  }
  return std::nullopt;
}

// Walks the search back from the ends of both texts.
std::vector<Step> StepsOf(const Lines& a, const Lines& b, const std::vector<std::vector<int>>& trace) {
  std::vector<Step> steps;
  int x = static_cast<int>(a.size()), y = static_cast<int>(b.size());
  for (int d = static_cast<int>(trace.size()) - 1; d >= 0; --d) {
    const auto at = [&](int k) {
      return trace[static_cast<std::size_t>(d)][static_cast<std::size_t>(k + d + 1)];
    };
    const int k = x - y;
    const bool down = k == -d || (k != d && at(k - 1) < at(k + 1));
    const int from_x = d == 0 ? 0
                       : down ? at(k + 1)
                              : at(k - 1),
              from_y = d == 0 ? 0 : from_x - (down ? k + 1 : k - 1);
    for (; x > from_x && y > from_y; --x, --y) steps.push_back({' ', a[static_cast<std::size_t>(x - 1)]});
    if (d == 0) break;
    if (down)
      steps.push_back({'+', b[static_cast<std::size_t>(--y)]});
    else
      steps.push_back({'-', a[static_cast<std::size_t>(--x)]});
  }
  std::reverse(steps.begin(), steps.end());
  return steps;
}

// Everything between the first and the last difference, at once.
std::vector<Step> CoarseSteps(const Lines& a, const Lines& b) {
  std::size_t head = 0, tail = 0;
  const std::size_t shorter = std::min(a.size(), b.size());
  while (head < shorter && a[head] == b[head]) ++head;
  while (tail < shorter - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
  std::vector<Step> steps;
  for (std::size_t i = 0; i < head; ++i) steps.push_back({' ', a[i]});
  for (std::size_t i = head; i < a.size() - tail; ++i) steps.push_back({'-', a[i]});
  for (std::size_t i = head; i < b.size() - tail; ++i) steps.push_back({'+', b[i]});
  for (std::size_t i = a.size() - tail; i < a.size(); ++i) steps.push_back({' ', a[i]});
  return steps;
}

std::string Range(std::size_t begin, std::size_t count) {
  if (count == 1) return std::to_string(begin + 1);
  return std::to_string(count == 0 ? begin : begin + 1) + "," + std::to_string(count);
}

// The steps [begin, end) as one hunk; `old_line` and `new_line` count the lines before it.
std::string Hunk(const std::vector<Step>& steps, std::size_t begin, std::size_t end, std::size_t old_line,
                 std::size_t new_line) {
  std::size_t removed = 0, added = 0;
  std::string body;
  for (std::size_t i = begin; i < end; ++i) {
    removed += steps[i].kind != '+' ? 1 : 0;
    added += steps[i].kind != '-' ? 1 : 0;
    body += steps[i].kind;
    body += steps[i].line;
    if (!steps[i].line.ends_with('\n')) body += "\n\\ No newline at end of file\n";
  }
  return "@@ -" + Range(old_line, removed) + " +" + Range(new_line, added) + " @@\n" + body;
}

std::string Hunks(const std::vector<Step>& steps) {
  std::string hunks;
  std::size_t old_line = 0, new_line = 0, counted = 0;
  const auto count_to = [&](std::size_t end) {
    for (; counted < end; ++counted) {
      old_line += steps[counted].kind != '+' ? 1 : 0;
      new_line += steps[counted].kind != '-' ? 1 : 0;
    }
  };
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].kind == ' ') continue;
    const std::size_t begin = std::max(i - std::min(i, kContext), counted);
    std::size_t last = i;  // the last change that is near enough
    for (std::size_t j = i; j < steps.size() && j <= last + 2 * kContext + 1; ++j)
      if (steps[j].kind != ' ') last = j;
    const std::size_t end = std::min(last + 1 + kContext, steps.size());
    count_to(begin);
    hunks += Hunk(steps, begin, end, old_line, new_line);
    count_to(end);
    i = end - 1;
  }
  return hunks;
}

}  // namespace

std::string UnifiedDiff(std::string_view old_name, std::string_view old_text, std::string_view new_name,
                        std::string_view new_text) {
  if (old_text == new_text) return "";
  const Lines a = SplitLines(old_text), b = SplitLines(new_text);
  const auto trace = Search(a, b);
  return "--- " + std::string(old_name) + "\n+++ " + std::string(new_name) + "\n" +
         Hunks(trace ? StepsOf(a, b, *trace) : CoarseSteps(a, b));
}

}  // namespace kubectl_ray
