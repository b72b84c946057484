#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Runs the default main loop until the condition holds; a test that waits for
 * longer than this fails. */
#define WAIT_SECONDS 60

#define wait_until(condition) G_STMT_START { \
  gint64 wait_end_ = g_get_monotonic_time () + WAIT_SECONDS * G_USEC_PER_SEC; \
  guint wait_tick_ = g_timeout_add (20, wait_tick, NULL); \
  while (!(condition) && g_get_monotonic_time () < wait_end_) \
    g_main_context_iteration (NULL, TRUE); \
  g_source_remove (wait_tick_); \
  g_assert_true (condition); \
} G_STMT_END

gboolean  wait_tick        (gpointer      data);
void      wait_idle        (void);
void      app_test_init    (int          *argc,
                            char       ***argv);
gboolean  app_test_display (void);

G_END_DECLS
