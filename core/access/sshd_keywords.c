/* SPDX-License-Identifier: Apache-2.0 */
/* The keywords of sshd_config(5) and their defaults: servconf.c and myproposal.h of the releases of portable OpenSSH. */
#include "core/access/sshd.h"

#include "core/base/text.h"
#include "core/process/program.h"

#include <ctype.h>
#include <strings.h>

static const struct sshd_keyword keywords[] = {
	{ "AllowAgentForwarding", NULL, SSHD_WORD, "yes" },
	{ "AllowGroups", NULL, SSHD_WORDS, NULL },
	{ "AllowStreamLocalForwarding", NULL, SSHD_WORD, "yes" },
	{ "AllowTcpForwarding", NULL, SSHD_WORD, "yes" },
	{ "AllowUsers", NULL, SSHD_WORDS, NULL },
	{ "AuthenticationMethods", NULL, SSHD_TEXT, "any" },
	{ "Banner", NULL, SSHD_TEXT, "none" },
	{ "Ciphers", NULL, SSHD_ALGORITHMS, NULL },
	{ "ClientAliveCountMax", NULL, SSHD_NUMBER, "3" },
	{ "ClientAliveInterval", NULL, SSHD_SECONDS, "0" },
	{ "Compression", NULL, SSHD_WORD, "yes" },
	{ "DenyGroups", NULL, SSHD_WORDS, NULL },
	{ "DenyUsers", NULL, SSHD_WORDS, NULL },
	{ "DisableForwarding", NULL, SSHD_WORD, "no" },
	{ "GatewayPorts", NULL, SSHD_WORD, "no" },
	{ "GSSAPIAuthentication", NULL, SSHD_WORD, "no" },
	{ "HostbasedAuthentication", NULL, SSHD_WORD, "no" },
	{ "HostKey", "HostDsaKey", SSHD_WORDS, NULL },
	{ "HostKeyAlgorithms", NULL, SSHD_ALGORITHMS, NULL },
	{ "IgnoreRhosts", NULL, SSHD_WORD, "yes" },
	{ "IgnoreUserKnownHosts", NULL, SSHD_WORD, "no" },
	{ "KbdInteractiveAuthentication", "ChallengeResponseAuthentication SkeyAuthentication", SSHD_WORD, "yes" },
	{ "KexAlgorithms", NULL, SSHD_ALGORITHMS, NULL },
	{ "LoginGraceTime", NULL, SSHD_SECONDS, "120" },
	{ "LogLevel", NULL, SSHD_WORD, "info" },
	{ "MACs", NULL, SSHD_ALGORITHMS, NULL },
	{ "MaxAuthTries", NULL, SSHD_NUMBER, "6" },
	{ "MaxSessions", NULL, SSHD_NUMBER, "10" },
	{ "MaxStartups", NULL, SSHD_TEXT, "10:30:100" },
	{ "PasswordAuthentication", NULL, SSHD_WORD, "yes" },
	{ "PermitEmptyPasswords", NULL, SSHD_WORD, "no" },
	{ "PermitRootLogin", NULL, SSHD_WORD, "prohibit-password" },
	{ "PermitTunnel", NULL, SSHD_WORD, "no" },
	{ "PermitUserEnvironment", NULL, SSHD_WORD, "no" },
	{ "PermitUserRC", NULL, SSHD_WORD, "yes" },
	{ "PerSourcePenalties", NULL, SSHD_TEXT, NULL },
	{ "PrintLastLog", NULL, SSHD_WORD, "yes" },
	{ "PubkeyAcceptedAlgorithms", "PubkeyAcceptedKeyTypes", SSHD_ALGORITHMS, NULL },
	{ "PubkeyAuthentication", "DSAAuthentication", SSHD_WORD, "yes" },
	{ "RequiredRSASize", NULL, SSHD_NUMBER, NULL },
	{ "StrictModes", NULL, SSHD_WORD, "yes" },
	{ "TCPKeepAlive", "KeepAlive", SSHD_WORD, "yes" },
	{ "UseDNS", NULL, SSHD_WORD, "no" },
	{ "UsePAM", NULL, SSHD_WORD, "no" },
	{ "X11Forwarding", NULL, SSHD_WORD, "no" },
	{ "X11UseLocalhost", NULL, SSHD_WORD, "yes" },
};

#define CURVES "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521"
#define GROUPS ",diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,diffie-hellman-group14-sha256"
#define CERTIFICATES "ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256-cert-v01@openssh.com,ecdsa-sha2-nistp384-cert-v01@openssh.com," \
	"ecdsa-sha2-nistp521-cert-v01@openssh.com"
#define TOKEN_CERTIFICATES ",sk-ssh-ed25519-cert-v01@openssh.com,sk-ecdsa-sha2-nistp256-cert-v01@openssh.com"
#define RSA_CERTIFICATES ",rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com"
#define KEYS ",ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521"
#define TOKENS ",sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com"
#define RSA ",rsa-sha2-512,rsa-sha2-256"
#define SIGNATURES CERTIFICATES TOKEN_CERTIFICATES RSA_CERTIFICATES KEYS TOKENS RSA
#define SHA1_SIGNATURES CERTIFICATES TOKEN_CERTIFICATES RSA_CERTIFICATES ",ssh-rsa-cert-v01@openssh.com" KEYS TOKENS RSA ",ssh-rsa"
#define OLD_SIGNATURES CERTIFICATES RSA_CERTIFICATES ",ssh-rsa-cert-v01@openssh.com" KEYS RSA ",ssh-rsa"
#define SHA1_MACS "umac-64-etm@openssh.com,umac-128-etm@openssh.com,hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com," \
	"hmac-sha1-etm@openssh.com,umac-64@openssh.com,umac-128@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1"

/* Defaults that changed: each holds from its release on, until the next row. A keyword that begins with a release is not known before. */
static const struct changed {
	const char *name, *since, *value;
} changes[] = {
	{ "Ciphers", "7.4", "chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com" },
	{ "MACs", "7.4", SHA1_MACS },
	{ "KexAlgorithms", "7.4", CURVES GROUPS ",diffie-hellman-group14-sha1" },
	{ "KexAlgorithms", "8.2", CURVES GROUPS },
	{ "KexAlgorithms", "9.0", "sntrup761x25519-sha512@openssh.com," CURVES GROUPS },
	{ "KexAlgorithms", "9.9", "sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com,mlkem768x25519-sha256," CURVES GROUPS },
	{ "KexAlgorithms", "10.0", "mlkem768x25519-sha256,sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com," CURVES },
	{ "HostKeyAlgorithms", "7.4", OLD_SIGNATURES },
	{ "HostKeyAlgorithms", "8.2", SHA1_SIGNATURES },
	{ "HostKeyAlgorithms", "8.8", SIGNATURES },
	{ "PubkeyAcceptedAlgorithms", "7.4", OLD_SIGNATURES },
	{ "PubkeyAcceptedAlgorithms", "8.2", SHA1_SIGNATURES },
	{ "PubkeyAcceptedAlgorithms", "8.8", SIGNATURES },
	{ "RequiredRSASize", "9.1", "1024" },
	{ "PerSourcePenalties", "9.8", "yes" },
};

const struct sshd_keyword *sshd_keyword_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(keywords); i++) {
		const char *at = keywords[i].other ? keywords[i].other : "", *word;
		size_t n;

		if (strcasecmp(keywords[i].name, name) == 0)
			return &keywords[i];
		while ((word = list_next(&at, " ", &n)))
			if (n == strlen(name) && strncasecmp(word, name, n) == 0)
				return &keywords[i];
	}
	return NULL;
}

/* Those that no rule asks for, with what some distributions add and what was taken away since. */
static const char others[] =
	"AcceptEnv AddressFamily AFSTokenPassing AuthorizedKeysCommand AuthorizedKeysCommandRunAs AuthorizedKeysCommandUser "
	"AuthorizedKeysFile AuthorizedKeysFile2 AuthorizedPrincipalsCommand AuthorizedPrincipalsCommandUser "
	"AuthorizedPrincipalsFile CASignatureAlgorithms ChannelTimeout CheckMail ChrootDirectory DebianBanner "
	"ExposeAuthenticationMethods ExposeAuthInfo FingerprintHash ForceCommand GSSAPICleanupCredentials GSSAPICleanupCreds "
	"GSSAPIEnablek5users GSSAPIKexAlgorithms GSSAPIKeyExchange GSSAPIStoreCredentialsOnRekey GSSAPIStrictAcceptorCheck "
	"GSSAPIUseSessionCredCache GSSUseSessionCCache HostbasedAcceptedAlgorithms HostbasedAcceptedKeyTypes "
	"HostbasedUsesNameFromPacketOnly HostCertificate HostKeyAgent HPNBufferSize HPNDisabled Include IPQoS "
	"KerberosAuthentication KerberosGetAFSToken KerberosOrLocalPasswd KerberosTgtPassing KerberosTicketCleanup "
	"KerberosUniqueCCache KerberosUseKuserok KeyRegenerationInterval ListenAddress LogVerbose Match ModuliFile NoneEnabled "
	"PAMAuthenticationViaKbdInt PermitBlacklistedKeys PermitListen PermitOpen PermitTTY PerSourceMaxStartups "
	"PerSourceNetBlockSize PerSourcePenaltyExemptList PidFile Port PrintMotd Protocol PubkeyAuthOptions RDomain "
	"RefuseConnection RekeyLimit RequiredAuthentications1 RequiredAuthentications2 ReverseMappingCheck RevokedKeys "
	"RhostsAuthentication RhostsRSAAuthentication RSAAuthentication RSAMinSize SecurityKeyProvider ServerKeyBits SetEnv "
	"ShowPatchLevel SshdAuthPath SshdSessionPath StreamLocalBindMask StreamLocalBindUnlink Subsystem SyslogFacility "
	"TcpRcvBufPoll TrustedUserCAKeys UnusedConnectionTimeout UseBlacklist UseLogin UsePrivilegeSeparation "
	"VerifyReverseMapping VersionAddendum X11DisplayOffset XAuthLocation";

bool sshd_is_keyword(struct source *source, struct arena *arena, const char *name)
{
	static const char *const programs[] = { "usr/sbin/sshd", "usr/bin/sshd", "usr/local/sbin/sshd" };
	const char *at = others, *word;
	char *lower = arena_strdup(arena, name);
	size_t n;

	for (char *c = lower; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	if (sshd_keyword_of(name))
		return true;
	while ((word = list_next(&at, " ", &n)))
		if (n == strlen(name) && strncasecmp(word, name, n) == 0)
			return true;
	for (size_t i = 0; i < ARRAY_LEN(programs); i++)
		if (program_holds(source, programs[i], lower))
			return true;
	return false;
}

/* The rows of one keyword stand together. */
static const struct changed *first_change(const struct sshd_keyword *keyword, size_t *n)
{
	const struct changed *first = NULL;

	*n = 0;
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		if (!streq(changes[i].name, keyword->name))
			continue;
		first = first ? first : &changes[i];
		++*n;
	}
	return first;
}

const char *sshd_default(const struct sshd_keyword *keyword, const char *version, bool *known)
{
	size_t n;
	const struct changed *first = first_change(keyword, &n);
	const char *value = keyword->value;

	*known = !first || version;
	for (size_t i = 0; first && i < n && version; i++)
		if (version_compare(version, first[i].since) >= 0)
			value = first[i].value;
	/* what the releases before the table did is not known */
	if (first && !value && keyword->kind == SSHD_ALGORITHMS)
		*known = false;
	return value;
}

bool sshd_has(const struct sshd_keyword *keyword, const char *version)
{
	size_t n;
	const struct changed *first = first_change(keyword, &n);

	return keyword->kind == SSHD_ALGORITHMS || !first || !version || version_compare(version, first->since) >= 0;
}

static bool fits_one(struct arena *arena, const char *patterns, const char *word, size_t size)
{
	const char *name = arena_strndup(arena, word, size), *pattern;
	size_t n;

	for (const char *at = patterns; (pattern = list_next(&at, ",", &n));)
		if (text_glob(arena_strndup(arena, pattern, n), name))
			return true;
	return false;
}

/* The list without what fits one of the patterns. */
static const char *without(struct arena *arena, const char *list, const char *patterns)
{
	struct buffer out = { .arena = arena };
	const char *word;
	size_t n;

	for (const char *at = list; (word = list_next(&at, ",", &n));)
		if (!fits_one(arena, patterns, word, n))
			buffer_printf(&out, "%s%.*s", out.size ? "," : "", (int)n, word);
	return out.text ? out.text : "";
}

const char *sshd_algorithms(struct arena *arena, const char *value, const char *preset)
{
	switch (*value) {
	case '+':
		return arena_printf(arena, "%s,%s", preset, value + 1);
	case '-':
		return without(arena, preset, value + 1);
	case '^':
		return arena_printf(arena, "%s,%s", value + 1, without(arena, preset, value + 1));
	default:
		return value;
	}
}
