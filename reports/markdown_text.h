/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts in Markdown as GitHub and its kin read it (GFM), also in a cell of a table: nothing in them makes an element, a link or a mention. The texts are
 * safe already (view_safe()): of one line, and valid UTF-8.
 */
#ifndef REPORTS_MARKDOWN_TEXT_H
#define REPORTS_MARKDOWN_TEXT_H

#include "core/base/text.h"

/* What people wrote, among other words. */
void markdown_text(struct buffer *out, const char *text);

/* What a machine said, as code: nobody is called upon by a container that is named like him. "" writes nothing. */
void markdown_code(struct buffer *out, const char *text);

/* Between the tags of an element that was opened as HTML, where Markdown means nothing. */
void markdown_html(struct buffer *out, const char *text);

#endif
