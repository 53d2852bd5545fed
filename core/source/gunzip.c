/* SPDX-License-Identifier: Apache-2.0 */
#include "core/source/gunzip.h"

#include <zlib.h>

bool is_gzip(const struct file *file)
{
	return file->size > 4 && (unsigned char)file->data[0] == 0x1f && (unsigned char)file->data[1] == 0x8b;
}

/* What the end of a gzip file says it unpacks to (RFC 1952: ISIZE), as a first guess within reason. */
static size_t packed_size(const struct file *file, size_t limit)
{
	const unsigned char *end = (const unsigned char *)file->data + file->size - 4;
	size_t size = (size_t)end[0] | (size_t)end[1] << 8 | (size_t)end[2] << 16 | (size_t)end[3] << 24;

	return (file->size < 18 || size > limit || size < file->size ? file->size * 6 : size) + 64;
}

char *gunzip(struct arena *arena, const struct file *file, size_t limit, size_t *size, const char **why)
{
	z_stream z = { .next_in = (Bytef *)file->data, .avail_in = (uInt)file->size };
	size_t room = packed_size(file, limit);
	char *out = NULL;
	int rc = Z_OK;

	*why = "the gzip data is damaged or cut";
	*size = 0;
	if (inflateInit2(&z, 15 + 16) != Z_OK)
		return NULL;
	while (rc == Z_OK && *size < limit) {
		char *larger = arena_alloc(arena, room + 1);

		if (out)
			memcpy(larger, out, *size);
		out = larger;
		z.next_out = (Bytef *)out + *size;
		z.avail_out = (uInt)(room - *size);
		rc = inflate(&z, Z_NO_FLUSH);
		*size = room - z.avail_out;
		if (rc == Z_OK && z.avail_out)
			break;
		room *= 2;
	}
	inflateEnd(&z);
	if (rc == Z_STREAM_END && z.avail_in == 0)
		return out;
	if (*size >= limit)
		*why = "it unpacks to more than is read at most";
	return NULL;
}
