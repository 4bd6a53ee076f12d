#!/usr/bin/env bash
# One would guess: once a RayService's status.observedGeneration equals metadata.generation, the rest of the status is of that generation, as the
# conventions of the Kubernetes API have it; so that the applications reported there are those of the spec that was applied.
# It is so: in each look the operator of KubeRay 1.6.2 asks Serve for its applications first, hands a changed config over then, and writes the answer of before
# together with the new generation. One look long (two seconds, more on a busy machine) an upgrade in place reads as RUNNING
# or as DEPLOY_FAILED by what it replaces.
#
# Needs: go (the operator's own reconciler, a made-up API server of controller-runtime's and a made-up dashboard).
set -euo pipefail

folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"

version=v1.6.2
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"os"

	rayv1 "github.com/ray-project/kuberay/ray-operator/apis/ray/v1"
	"github.com/ray-project/kuberay/ray-operator/controllers/ray"
	"github.com/ray-project/kuberay/ray-operator/controllers/ray/utils"
	"github.com/ray-project/kuberay/ray-operator/controllers/ray/utils/dashboardclient"
	utiltypes "github.com/ray-project/kuberay/ray-operator/controllers/ray/utils/types"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/record"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/manager"
)

// A dashboard whose application fails until a config is handed over.
type dashboard struct {
	dashboardclient.RayDashboardClientInterface
	status string
}

func (d *dashboard) UpdateDeployments(context.Context, []byte) error {
	fmt.Println("the operator hands the config over")
	d.status = "RUNNING"
	return nil
}

func (d *dashboard) GetMultiApplicationStatus(context.Context) (map[string]*utiltypes.ServeApplicationStatus, error) {
	fmt.Printf("the operator asks, and is answered %s\n", d.status)
	return map[string]*utiltypes.ServeApplicationStatus{"fruit": {Name: "fruit", Status: d.status}}, nil
}

type provider struct{ d *dashboard }

func (p provider) GetDashboardClient(context.Context, manager.Manager) func(*rayv1.RayCluster, string) (dashboardclient.RayDashboardClientInterface, error) {
	return func(*rayv1.RayCluster, string) (dashboardclient.RayDashboardClientInterface, error) { return p.d, nil }
}

func (p provider) GetHttpProxyClient(manager.Manager) func(string, string, string, int) utils.RayHttpProxyClientInterface {
	return func(string, string, string, int) utils.RayHttpProxyClientInterface { return &utils.FakeRayHttpProxyClient{} }
}

type fakeManager struct {
	manager.Manager
	client client.Client
}

func (m fakeManager) GetClient() client.Client                            { return m.client }
func (m fakeManager) GetScheme() *runtime.Scheme                          { return m.client.Scheme() }
func (m fakeManager) GetEventRecorderFor(string) record.EventRecorder     { return record.NewFakeRecorder(100) }

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func main() {
	scheme := runtime.NewScheme()
	check(rayv1.AddToScheme(scheme))
	check(clientgoscheme.AddToScheme(scheme))
	ray1 := corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "ray", Image: "ray"}}}}
	spec := rayv1.RayClusterSpec{HeadGroupSpec: rayv1.HeadGroupSpec{Template: ray1}}
	hash, err := utils.GenerateHashWithoutReplicasAndWorkersToDelete(spec)
	check(err)
	service := &rayv1.RayService{
		ObjectMeta: metav1.ObjectMeta{Name: "fruit", Namespace: "default", Generation: 2, Finalizers: []string{utils.RayServiceFinalizer}},
		Spec:       rayv1.RayServiceSpec{ServeConfigV2: "applications: [{name: fruit, import_path: fruit.app}]", RayClusterSpec: spec},
		Status:     rayv1.RayServiceStatuses{ObservedGeneration: 1, ActiveServiceStatus: rayv1.RayServiceStatus{RayClusterName: "one"}},
	}
	cluster := &rayv1.RayCluster{
		ObjectMeta: metav1.ObjectMeta{Name: "one", Namespace: "default", Annotations: map[string]string{
			utils.HashWithoutReplicasAndWorkersToDeleteKey: hash, utils.NumWorkerGroupsKey: "0", utils.KubeRayVersion: utils.KUBERAY_VERSION},
			Labels: map[string]string{utils.RayOriginatedFromCRNameLabelKey: "fruit", utils.RayOriginatedFromCRDLabelKey: "RayService"}},
		Spec: spec,
		Status: rayv1.RayClusterStatus{Conditions: []metav1.Condition{{Type: string(rayv1.HeadPodReady), Status: metav1.ConditionTrue}},
			Head: rayv1.HeadInfo{ServiceName: "one-head-svc"}},
	}
	headService := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "one-head-svc", Namespace: "default"},
		Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Name: "dashboard", Port: 8265}}}}
	head := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "one-head", Namespace: "default", Labels: map[string]string{
		"ray.io/cluster": "one", "ray.io/node-type": "head"}}, Spec: ray1.Spec,
		Status: corev1.PodStatus{Phase: corev1.PodRunning, PodIP: "127.0.0.1", Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}}}
	c := fake.NewClientBuilder().WithScheme(scheme).WithObjects(service, cluster, headService, head).WithStatusSubresource(service, cluster).Build()
	ctx := context.Background()
	reconciler := ray.NewRayServiceReconciler(ctx, fakeManager{client: c}, provider{&dashboard{status: "DEPLOY_FAILED"}})
	key := types.NamespacedName{Namespace: "default", Name: "fruit"}
	for look, want := range []string{"DEPLOY_FAILED", "RUNNING"} {
		_, err := reconciler.Reconcile(ctx, ctrl.Request{NamespacedName: key})
		check(err)
		check(c.Get(ctx, key, service))
		seen, application := service.Status.ObservedGeneration, service.Status.ActiveServiceStatus.Applications["fruit"].Status
		fmt.Printf("look %d: generation %d, observedGeneration %d, application %s\n", look+1, service.Generation, seen, application)
		if seen != service.Generation || application != want {
			fmt.Println("this has changed")
			os.Exit(1)
		}
	}
}
GO
export GOMODCACHE=$folder/modules GOFLAGS=-mod=mod
go mod init finding 2>/dev/null
go get "github.com/ray-project/kuberay/ray-operator@$version" 2>/dev/null
echo "ray-operator $version"
go run . 2>/dev/null
