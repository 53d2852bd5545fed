/* SPDX-License-Identifier: Apache-2.0 */
/* The only file that knows the process library. */
#include "core/process/procps.h"

#include <errno.h>

#ifdef HAVE_LIBPROCPS
#include <proc/version.h>
#else
#include <libproc2/misc.h>
#endif

int procps_version_code(unsigned major, unsigned minor, unsigned patch)
{
	return (int)LINUX_VERSION(major & 0x7fff, minor & 0xff, patch & 0xff);
}

int procps_kernel_version(void)
{
	int version = procps_linux_version();

	return version > 0 ? version : -EIO;
}
