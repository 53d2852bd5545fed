/* SPDX-License-Identifier: Apache-2.0 */
/* What pin.h asks, looked at: of the live host or of a captured root. pin.c keeps the answers, or has them from a snapshot. Nobody else includes this. */
#ifndef CORE_PIN_PRIVATE_H
#define CORE_PIN_PRIVATE_H

#include "core/source/pin.h"

struct file pin_look_read(struct pin *pin, struct arena *arena, const char *name, size_t limit);
struct file pin_look_link(struct pin *pin, struct arena *arena, const char *name);
struct directory pin_look_list(struct pin *pin, struct arena *arena, const char *name);
int pin_look_link_text(struct pin *pin, const char *name, char *text, size_t size);
int pin_look_place(struct pin *pin, const char *name, struct place *place);
int pin_look_target(struct pin *pin, const char *name, struct pin_target *target);
int pin_look_owner(struct pin *pin, const char *name, uint32_t *owner, mode_t *mode);
int64_t pin_look_count_mounts(struct pin *pin, const char *name);
int64_t pin_look_user_owner(struct pin *pin, const char *name);

#endif
