#include "kubectl-ray/formats/time_zone.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdio>

namespace kubectl_ray {
namespace {

using std::chrono::seconds;

constexpr std::size_t kHeaderSize = 44;

// Big-endian and signed, as all of the file.
std::int64_t Number(std::string_view bytes) {
  std::uint64_t value = bytes.empty() || (bytes[0] & 0x80) == 0 ? 0 : ~std::uint64_t{0};
  for (const char byte : bytes) value = (value << 8) | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(value);
}

struct Header {
  char version = 0;
  std::size_t utc_flags = 0, standard_flags = 0, leaps = 0, times = 0, types = 0, characters = 0;

  std::size_t BlockSize(std::size_t time_size) const {
    return times * (time_size + 1) + types * 6 + characters + leaps * (time_size + 4) + standard_flags +
           utc_flags;
  }
};

std::optional<Header> ReadHeader(std::string_view bytes) {
  if (bytes.size() < kHeaderSize || !bytes.starts_with("TZif")) return std::nullopt;
  Header header{.version = bytes[4]};
  std::size_t at = 20;
  for (std::size_t* count : {&header.utc_flags, &header.standard_flags, &header.leaps, &header.times,
                             &header.types, &header.characters}) {
    const std::int64_t value = Number(bytes.substr(at, 4));
    if (value < 0 || value > (1 << 20)) return std::nullopt;
    *count = static_cast<std::size_t>(value);
    at += 4;
  }
  return header;
}

// Takes parts of the text of a TZ variable from its front.
class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : text_(text) {}

  bool Take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool empty() const { return text_.empty(); }
  bool ok() const { return ok_; }

  std::string Name() {
    const bool quoted = Take('<');
    std::size_t size = 0;
    while (size < text_.size() &&
           (quoted ? text_[size] != '>' : std::isalpha(static_cast<unsigned char>(text_[size])) != 0))
      ++size;
    std::string name(text_.substr(0, size));
    text_.remove_prefix(size);
    if (name.empty() || (quoted && !Take('>'))) ok_ = false;
    return name;
  }

  int Integer(int most) {
    int value = 0;
    std::size_t size = 0;
    while (size < text_.size() && size < 3 && text_[size] >= '0' && text_[size] <= '9')
      value = value * 10 + (text_[size++] - '0');
    text_.remove_prefix(size);
    if (size == 0 || value > most) ok_ = false;
    return value;
  }

  // "5", "-3:30", "+12:45:00".
  seconds Time() {
    const bool negative = Take('-');
    if (!negative) Take('+');
    seconds time = std::chrono::hours(Integer(167));
    if (Take(':')) time += std::chrono::minutes(Integer(59));
    if (Take(':')) time += seconds(Integer(59));
    return negative ? -time : time;
  }

  ZoneRule Rule() {
    ZoneRule rule;
    if (Take('M')) {
      rule.month = Integer(12);
      ok_ = ok_ && rule.month > 0 && Take('.');
      rule.week = Integer(5);
      ok_ = ok_ && rule.week > 0 && Take('.');
      rule.day = Integer(6);
    } else {
      rule.form = Take('J') ? 'J' : '0';
      rule.day = Integer(365);
    }
    if (Take('/')) rule.time = Time();
    return rule;
  }

 private:
  std::string_view text_;
  bool ok_ = true;
};

// By the zone's own clocks.
SystemTime TimeOf(const ZoneRule& rule, std::chrono::year year) {
  using namespace std::chrono;
  const sys_days first = year / January / 1;
  if (rule.form == '0') return first + days(rule.day) + rule.time;
  if (rule.form == 'J') {
    const bool after_leap_day = year.is_leap() && rule.day >= 60;
    return first + days(rule.day - 1 + (after_leap_day ? 1 : 0)) + rule.time;
  }
  const auto month = year / std::chrono::month(static_cast<unsigned>(rule.month));
  const weekday day(static_cast<unsigned>(rule.day));
  const sys_days date =
      rule.week == 5 ? sys_days(month / day[last]) : sys_days(month / day[static_cast<unsigned>(rule.week)]);
  return date + rule.time;
}

}  // namespace

ZoneOffset TimeZone::Afterwards::At(SystemTime time) const {
  if (!summer_time) return standard;
  const auto year =
      std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(time + standard.from_utc)).year();
  const SystemTime begin = TimeOf(summer_time->first, year) - standard.from_utc;
  const SystemTime end = TimeOf(summer_time->second, year) - summer.from_utc;
  const bool is_summer = begin < end ? begin <= time && time < end : !(end <= time && time < begin);
  return is_summer ? summer : standard;
}

std::optional<TimeZone::Afterwards> TimeZone::ParseRule(std::string_view text) {
  RuleReader reader(text);
  Afterwards rule;
  rule.standard.abbreviation = reader.Name();
  rule.standard.from_utc = -reader.Time();
  if (!reader.ok()) return std::nullopt;
  if (reader.empty()) return rule;
  rule.summer.abbreviation = reader.Name();
  rule.summer.from_utc = rule.standard.from_utc + std::chrono::hours(1);
  if (!reader.Take(',')) {
    rule.summer.from_utc = -reader.Time();
    if (!reader.Take(',')) return std::nullopt;
  }
  rule.summer_time.emplace();
  rule.summer_time->first = reader.Rule();
  if (!reader.Take(',')) return std::nullopt;
  rule.summer_time->second = reader.Rule();
  if (!reader.ok() || !reader.empty()) return std::nullopt;
  return rule;
}

std::optional<TimeZone> TimeZone::Parse(std::string_view tzif) {
  std::optional<Header> header = ReadHeader(tzif);
  std::size_t time_size = 4;
  if (!header) return std::nullopt;
  if (header->version >= '2') {  // the first block is for readers of times of 4 bytes
    const std::size_t first = kHeaderSize + header->BlockSize(time_size);
    if (tzif.size() < first) return std::nullopt;
    tzif.remove_prefix(first);
    header = ReadHeader(tzif);
    time_size = 8;
  }
  if (!header || header->types == 0 || tzif.size() < kHeaderSize + header->BlockSize(time_size))
    return std::nullopt;
  const std::string_view times = tzif.substr(kHeaderSize), indices = times.substr(header->times * time_size),
                         types = indices.substr(header->times), names = types.substr(header->types * 6);
  TimeZone zone;
  for (std::size_t i = 0; i < header->types; ++i) {
    const std::string_view type = types.substr(i * 6, 6);
    const auto at = static_cast<unsigned char>(type[5]);
    if (at >= header->characters) return std::nullopt;
    const std::string_view name = names.substr(at, header->characters - at);
    zone.offsets_.push_back(
        {seconds(Number(type.substr(0, 4))), std::string(name.substr(0, name.find('\0')))});
  }
  for (std::size_t i = 0; i < header->times; ++i) {
    const auto offset = static_cast<unsigned char>(indices[i]);
    if (offset >= header->types) return std::nullopt;
    zone.changes_.push_back({SystemTime(seconds(Number(times.substr(i * time_size, time_size)))), offset});
  }
  if (time_size == 8) {
    std::string_view footer = tzif.substr(kHeaderSize + header->BlockSize(time_size));
    if (footer.starts_with('\n')) footer.remove_prefix(1);
    footer = footer.substr(0, footer.find('\n'));
    if (!footer.empty()) zone.afterwards_ = ParseRule(footer);
  }
  return zone;
}

ZoneOffset TimeZone::At(SystemTime time) const {
  const auto next = std::upper_bound(changes_.begin(), changes_.end(), time,
                                     [](SystemTime t, const Change& change) { return t < change.from; });
  if (next == changes_.end() && afterwards_) return afterwards_->At(time);
  if (next != changes_.begin()) return offsets_[std::prev(next)->offset];
  return offsets_.empty() ? ZoneOffset() : offsets_.front();
}

std::string FormatIn(const TimeZone& zone, SystemTime time) {
  const ZoneOffset offset = zone.At(time);
  const SystemTime local = time + offset.from_utc;
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(local - day);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()));
  return text + offset.abbreviation;
}

}  // namespace kubectl_ray
