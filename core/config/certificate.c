/* SPDX-License-Identifier: Apache-2.0 */
/* The only file that knows libcrypto. */
#include "core/config/certificate.h"

#include "core/base/text.h"

static struct certificates *failed(struct certificates *c, enum state state, const char *why)
{
	c->state = state;
	c->why = why;
	c->n = 0;
	return c;
}

#ifdef HAVE_LIBCRYPTO

#include <dlfcn.h>
#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stddef.h>
#include <time.h>

#if OPENSSL_VERSION_NUMBER >= 0x30000000
#define SONAME "libcrypto.so." OPENSSL_MSTR(OPENSSL_VERSION_MAJOR)
#else
#define SONAME "libcrypto.so.1.1"
#endif

/* ---- loading ---- */

/* What is used of it. Most audits meet no certificate, and need not wait for it. */
#define FUNCTIONS(each) \
	each(OPENSSL_init_crypto) each(ERR_clear_error) each(ERR_peek_last_error) each(BIO_new) each(BIO_new_mem_buf) each(BIO_s_mem) each(BIO_ctrl) \
	each(BIO_free) each(PEM_read_bio_X509) each(X509_free) each(X509_get_subject_name) each(X509_NAME_print_ex) each(X509_get0_notBefore) \
	each(X509_get0_notAfter) each(ASN1_TIME_to_tm)

struct library {
#define MEMBER(name) __typeof__(&name) name;
	FUNCTIONS(MEMBER)
};

static bool load(struct library *library)
{
	static const struct {
		const char *name;
		size_t offset;
	} functions[] = {
#define ROW(name) { #name, offsetof(struct library, name) },
		FUNCTIONS(ROW)
	};
	void *handle = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL);   /* stays loaded */

	for (size_t i = 0; handle && i < ARRAY_LEN(functions); i++) {
		void *function = dlsym(handle, functions[i].name);

		if (!function)
			return false;
		memcpy((char *)library + functions[i].offset, &function, sizeof(function));
	}
	return handle && library->OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);   /* no file of this host configures it */
}

/* ---- one certificate ---- */

/* Else the library would ask the terminal. */
static int no_password(char *buffer, int size, int writes, void *with)
{
	(void)buffer;
	(void)size;
	(void)writes;
	(void)with;
	return -1;
}

static const char *subject_of(const struct library *l, struct arena *arena, const X509 *x)
{
	BIO *bio = l->BIO_new(l->BIO_s_mem());
	const char *subject = "";
	char *text = NULL;
	long n;

	if (bio && l->X509_NAME_print_ex(bio, l->X509_get_subject_name(x), 0, XN_FLAG_ONELINE) >= 0) {
		n = l->BIO_ctrl(bio, BIO_CTRL_INFO, 0, &text);
		if (n > 0 && text)
			subject = text_safe(arena, arena_strndup(arena, text, (size_t)n), (size_t)n, 256);
	}
	l->BIO_free(bio);
	return subject;
}

static bool time_of(const struct library *l, const ASN1_TIME *when, int64_t *seconds)
{
	struct tm tm = { .tm_sec = 0 };

	if (l->ASN1_TIME_to_tm(when, &tm) != 1)
		return false;
	*seconds = timegm(&tm);
	return true;
}

static bool take(const struct library *l, struct certificates *c, struct arena *arena, const X509 *x)
{
	struct certificate one = { .subject = subject_of(l, arena, x) };

	if (!time_of(l, l->X509_get0_notBefore(x), &one.begins) || !time_of(l, l->X509_get0_notAfter(x), &one.ends))
		return false;
	arena_push(arena, c->list, c->n) = one;
	return true;
}

struct certificates *certificates_read(struct arena *arena, const struct file *file)
{
	struct certificates *c = arena_new_of(arena, struct certificates);
	struct library l;
	bool good = true, at_end;
	BIO *bio;
	X509 *x;

	if (!load(&l))
		return failed(c, STATE_UNAVAILABLE, SONAME " is not there");
	bio = file->size > INT_MAX ? NULL : l.BIO_new_mem_buf(file->data, (int)file->size);
	if (!bio)
		return failed(c, STATE_BROKEN, "libcrypto does not take it");
	l.ERR_clear_error();
	while (good && (x = l.PEM_read_bio_X509(bio, NULL, no_password, NULL))) {
		good = take(&l, c, arena, x);
		l.X509_free(x);
	}
	at_end = ERR_GET_REASON(l.ERR_peek_last_error()) == PEM_R_NO_START_LINE;
	l.ERR_clear_error();
	l.BIO_free(bio);
	if (!good || !at_end)
		return failed(c, STATE_MALFORMED, arena_printf(arena, "certificate %zu in it cannot be understood", c->n + 1));
	if (!c->n)
		return failed(c, STATE_MALFORMED, "no certificate is in it");
	return c;
}

#else

struct certificates *certificates_read(struct arena *arena, const struct file *file)
{
	(void)file;
	return failed(arena_new_of(arena, struct certificates), STATE_UNAVAILABLE, "built without libcrypto");
}

#endif

enum validity certificate_validity(const struct certificate *certificate, int64_t now)
{
	enum { DAY = 24 * 60 * 60 };
	int64_t whole = certificate->ends - certificate->begins, soon = whole / 10 < 14 * DAY ? whole / 10 : 14 * DAY;

	if (now < certificate->begins)
		return VALIDITY_NOT_YET;
	if (now > certificate->ends)
		return VALIDITY_OVER;
	return certificate->ends - now < soon ? VALIDITY_SOON_OVER : VALIDITY_GOOD;
}
