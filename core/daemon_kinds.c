/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sources: dockerd(8) and daemon/config of moby; containerd(8) and cmd/containerd/server/config (imports are merged in the order in which
 * they are found, a plugin's table as a whole); crio(8) and crio.conf.d(5), internal/criocli of cri-o (each flag has a variable); "Set Kubelet Parameters Via A Configuration File" and the
 * references of the Kubernetes components; etcd's "Configuration options" (a configuration file excludes flags and variables, as one of
 * kube-proxy does flags).
 */
#include "core/daemon.h"

const struct daemon_kind daemon_kinds[] = {
	{
		.name = "dockerd", .unit = "docker.service", .socket = "docker.socket", .syntax = SYNTAX_JSON,
		.options_file = "etc/conf.d/docker", .options_variable = "DOCKER_OPTS",
		.config_flags = "config-file", .config_default = "/etc/docker/daemon.json", .refuses_conflicts = true, .adds = "/runtimes",
		.switches = "Dhv",
		.data_flags = "data-root graph g", .data_pointer = "/data-root /graph", .data_default = "/var/lib/docker",
		.closes_data = true,
		.listen_flags = "host H", .listen_pointer = "/hosts", .listen_default = "unix:///var/run/docker.sock",
	},
	{
		.name = "containerd", .unit = "containerd.service", .syntax = SYNTAX_TOML, .config_flags = "config c",
		.config_default = "/etc/containerd/config.toml", .imports = "/imports/*",
		.merging = { .whole = "/plugins/* /proxy_plugins/* /stream_processors/*", .joined = "/disabled_plugins /required_plugins /imports" },
		.data_flags = "root", .data_pointer = "/root", .data_default = "/var/lib/containerd",
		.listen_flags = "address a", .listen_pointer = "/grpc/address", .listen_default = "/run/containerd/containerd.sock",
	},
	/* its API service, which systemd starts on demand; the files of containers.conf(5) are no daemon's */
	{ .name = "podman", .unit = "podman.service", .socket = "podman.socket", .many_uses = true, .listen_flags = "", .listen_default = "fd://" },
	{
		.name = "crio", .unit = "crio.service", .syntax = SYNTAX_TOML, .config_flags = "config c", .config_default = "/etc/crio/crio.conf",
		.directory_flags = "config-dir d", .directory_default = "/etc/crio/crio.conf.d", .directory_pattern = "*",
		.environment = "CONTAINER_", .config_variable = "CONTAINER_CONFIG", .directory_variable = "CONTAINER_CONFIG_DIR",
		.data_flags = "root r", .data_pointer = "/crio/root", .data_default = "/var/lib/containers/storage",
		.listen_flags = "listen", .listen_pointer = "/crio/api/listen", .listen_default = "/var/run/crio/crio.sock",
	},
	{
		.name = "kubelet", .unit = "kubelet.service", .syntax = SYNTAX_YAML, .config_flags = "config", .directory_flags = "config-dir",
		.directory_pattern = "*.conf", .in_containers = true,
		.data_flags = "root-dir", .data_default = "/var/lib/kubelet",
	},
	{ .name = "kube-apiserver", .unit = "kube-apiserver.service", .manifest = "kube-apiserver.yaml", .syntax = SYNTAX_YAML, .in_containers = true },
	{
		.name = "kube-controller-manager", .unit = "kube-controller-manager.service", .manifest = "kube-controller-manager.yaml",
		.syntax = SYNTAX_YAML, .in_containers = true,
	},
	{
		.name = "kube-scheduler", .unit = "kube-scheduler.service", .manifest = "kube-scheduler.yaml", .syntax = SYNTAX_YAML,
		.config_flags = "config", .in_containers = true,
	},
	{ .name = "kube-proxy", .unit = "kube-proxy.service", .syntax = SYNTAX_YAML, .config_flags = "config", .file_alone = true, .in_containers = true },
	{
		.name = "etcd", .unit = "etcd.service", .manifest = "etcd.yaml", .syntax = SYNTAX_YAML, .config_flags = "config-file",
		.environment = "ETCD_", .config_variable = "ETCD_CONFIG_FILE", .file_alone = true, .in_containers = true,
		.data_flags = "data-dir", .data_pointer = "/data-dir", .data_default = "/var/lib/etcd",
	},
	{ .name = NULL },
};
