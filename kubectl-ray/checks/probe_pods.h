// Tries the ways between a cluster's pods from inside them.
#pragma once

#include "kubectl-ray/checks/facts.h"
#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

// One connection to try, before it was tried.
struct Dialling {
  std::string from;  // a pod
  std::vector<Connection> connections;
};

// Returns which connections prove that head and workers reach each other: from one worker of each group to
// the head's Service (the name server, and the GCS) and the head's dashboard, and from the head to each of
// these workers' raylets, whose ports the dashboard's list of nodes has. Pure.
std::vector<Dialling> PlanDialling(const Facts& facts);

// Reads what the program printed, a line for each connection in its order: "ok", or why not. Pure.
void ReadAnswers(const std::string& printed, std::vector<Connection>* connections);

// Sets facts->web_socket and facts->connections if the head runs: executes a few lines of Python, which every
// Ray container has, in one pod of each group. A pod's program ends after ten seconds at most.
void ProbePods(const KubeClient& kube, Facts* facts);

}  // namespace kubectl_ray
