#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CNN_PRIORITY_ANSWER:
 *
 * How far a thread gives way that works on what someone waits for.
 */
#define CNN_PRIORITY_ANSWER 5

/**
 * CNN_PRIORITY_BACKGROUND:
 *
 * How far a thread gives way that works on what nobody waits for.
 */
#define CNN_PRIORITY_BACKGROUND 15

void cnn_thread_give_way (int priority);

G_END_DECLS
