/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_JUDGE_H
#define CORE_JUDGE_H

#include "core/base/strings.h"
#include "core/benchmark/policy.h"
#include "core/benchmark/result.h"
#include "core/subject/subject.h"

/*
 * Judge one rule on one subject. The result and its evidence lie in the arena of the kept strings; what only judging needs lies in `scratch`,
 * which may be reset when this returns. The result starts as error; an `unknown` that rests on nothing
 * but files which an audit of single files was not given is notchecked.
 */
struct result judge_rule(const struct policy *policy, const struct rule *rule, const struct subject *subject,
			 struct arena *scratch, struct strings *kept);

#endif
