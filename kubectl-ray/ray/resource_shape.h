// What a task, an actor or a node has of Ray's resources, by their names: CPU, GPU, memory in bytes, a
// custom one. Pure.
#pragma once

#include <map>
#include <string>

namespace kubectl_ray {

using ResourceShape = std::map<std::string, double>;

// Ray counts in ten-thousandths; amounts that differ by less are the same.
inline constexpr double kResourceRounding = 1e-6;

// Returns "2", "0.5", "1e+20".
std::string FormatAmount(double amount);

// Returns "CPU: 2, GPU: 1, memory: 4.0 GiB"; "nothing" if the shape is empty. The names are not escaped.
std::string ToString(const ResourceShape& shape);
// Returns the amount of one resource as ToString() writes it.
std::string FormatAmountOf(const std::string& resource, double amount);

}  // namespace kubectl_ray
