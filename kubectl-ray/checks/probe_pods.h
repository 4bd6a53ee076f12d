// Tries the ways between a cluster's pods from inside them.
#pragma once

#include "kubectl-ray/checks/facts.h"
#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

// What is to be tried inside one pod, before it was tried.
struct Dialling {
  std::string from;  // a pod
  NameLookup lookup;
  std::vector<Connection> connections;
};

// Returns what proves that head and workers find and reach each other: the name of the head's Service is
// looked up in the head and in one worker of each group, which connects to the GCS and the dashboard by it,
// and the head connects to each of these workers' raylets, whose ports the dashboard's list of nodes has.
// Pure.
std::vector<Dialling> PlanDialling(const Facts& facts);

// Reads what the program printed: a line for the name, "ok ADDRESS...", and one for each connection in its
// order, "ok"; else why not. Pure.
void ReadAnswers(const std::string& printed, Dialling* dialling);

// Sets facts->web_socket, facts->lookups and facts->connections if the head runs: executes a few lines of
// Python, which every Ray container has, in one pod of each group. The name server has five seconds to
// answer, each connection three.
void ProbePods(const KubeClient& kube, Facts* facts);

}  // namespace kubectl_ray
