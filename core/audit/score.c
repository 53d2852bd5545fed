/* SPDX-License-Identifier: Apache-2.0 */
#include "core/audit/score.h"

const char *score_model_uri(enum score_model model)
{
	static const char *const uris[SCORE_MODELS] = {
		[SCORE_DEFAULT] = "urn:xccdf:scoring:default",
		[SCORE_FLAT] = "urn:xccdf:scoring:flat",
		[SCORE_FLAT_UNWEIGHTED] = "urn:xccdf:scoring:flat-unweighted",
		[SCORE_ABSOLUTE] = "urn:xccdf:scoring:absolute",
	};

	return uris[model];
}

struct branch {
	double score, weight;
	size_t count;           /* of rules that count; a branch without any is left out */
};

/* The default model: a group is the weighted mean of its children. */
static struct branch branch_of(const struct policy *policy, const struct tally *tallies, const struct selectable *item)
{
	struct branch branch = { 0 };
	double sum = 0, weights = 0;

	if (!item->is_group) {
		const struct tally *tally = &tallies[item->index];

		branch.weight = policy->rules[item->index].weight;
		branch.count = tally->counted;
		branch.score = tally->counted ? 100 * (double)tally->passed / (double)tally->counted : 0;
		return branch;
	}
	branch.weight = policy->groups[item->index].weight;
	for (const struct selectable *child = item->children; child; child = child->next) {
		struct branch b = branch_of(policy, tallies, child);

		if (b.count) {
			branch.count += b.count;
			sum += b.score * b.weight;
			weights += b.weight;
		}
	}
	branch.score = weights > 0 ? sum / weights : 0;
	return branch;
}

static struct score score_default(const struct policy *policy, const struct tally *tallies)
{
	struct score score = { 0, 100 };
	double sum = 0, weights = 0;

	for (const struct selectable *item = policy->benchmark->items; item; item = item->next) {
		struct branch b = branch_of(policy, tallies, item);

		if (b.count) {
			sum += b.score * b.weight;
			weights += b.weight;
		}
	}
	score.score = weights > 0 ? sum / weights : 0;
	return score;
}

static struct score score_flat(const struct policy *policy, const struct tally *tallies, bool weighted)
{
	struct score score = { 0, 0 };

	for (size_t i = 0; i < policy->benchmark->n_rules; i++) {
		double weight = weighted ? policy->rules[i].weight : 1;

		score.maximum += weight * (double)tallies[i].counted;
		score.score += weight * (double)tallies[i].passed;
	}
	return score;
}

void tally_add(struct tally *tally, enum outcome outcome)
{
	tally->counted += outcome_is_scored(outcome);
	tally->passed += outcome == OUTCOME_PASS;
}

struct score score_of_tallies(enum score_model model, const struct policy *policy, const struct tally *tallies)
{
	struct score flat;

	if (model == SCORE_DEFAULT)
		return score_default(policy, tallies);
	flat = score_flat(policy, tallies, model != SCORE_FLAT_UNWEIGHTED);
	if (model == SCORE_ABSOLUTE)
		flat.score = flat.score >= flat.maximum;
	return flat;
}

struct score score_compute(enum score_model model, const struct policy *policy, const enum outcome *outcomes)
{
	size_t n = policy->benchmark->n_rules;
	auto_free struct tally *tallies = xmalloc(sizeof(*tallies) * (n + 1));

	for (size_t i = 0; i < n; i++) {
		tallies[i] = (struct tally){ 0, 0 };
		tally_add(&tallies[i], outcomes[i]);
	}
	return score_of_tallies(model, policy, tallies);
}

double score_headline(const struct result *results, size_t n)
{
	double score = 0, maximum = 0;

	for (size_t i = 0; i < n; i++) {
		if (!outcome_is_scored(results[i].outcome) || results[i].waiver)
			continue;
		maximum += results[i].weight;
		if (results[i].outcome == OUTCOME_PASS)
			score += results[i].weight;
	}
	return maximum > 0 ? 100 * score / maximum : -1;
}
