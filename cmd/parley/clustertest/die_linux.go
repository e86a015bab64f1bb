package clustertest

import "syscall"

// dieToo has a hub die with the process that started it, when that is killed before its tests could end.
func dieToo() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
