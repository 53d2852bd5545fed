/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of the host at places that an ordinary user chose: the bundle that his monitor names, the state files in his runtime directory. He
 * may point at somebody else's file, at a file system whose server never answers, or at more than anybody can read. So a file is read only if it
 * is his own, no symbolic link is followed, the way leads over file systems alone that the kernel serves, and so many bytes are read of one user,
 * and of all together.
 */
#ifndef CORE_USER_FILES_H
#define CORE_USER_FILES_H

#include "core/source/source.h"

struct user_files;

/* Lives as long as the source. */
struct user_files *user_files_new(struct source *source);

/* A directory; it need not be his own. */
struct user_directory {
	const char *path;
	int fd;                          /* -1: closed, or of a snapshot */
	struct directory names;          /* sorted; more than USER_FILES_ENTRIES is STATE_BROKEN */
};

/* Opens and lists it; names.state tells what became of that. The path must outlive it, what is read lies in the arena. */
void user_directory_open(struct user_directory *directory, struct user_files *files, struct arena *arena, const char *path);
void user_directory_close(struct user_directory *directory);

/* The contents of a regular file of that owner below the directory. */
struct file user_files_read_in(struct user_files *files, struct arena *arena, const struct user_directory *directory, const char *name, uint32_t owner);

/* The same by its whole path. */
struct file user_files_read(struct user_files *files, struct arena *arena, const char *path, uint32_t owner);

enum {
	USER_FILES_ENTRIES = 4096,       /* of a directory */
	USER_FILES_LIMIT = 1 << 20,      /* bytes of a file */
	USER_FILES_EACH = 8 << 20,       /* of all files of one user; 4096 more are counted for each file */
	USER_FILES_ALL = 32 << 20,       /* of all users together */
};

#endif
