#pragma once

#include "fovea-evaluate-page.h"
#include "fovea-explore-page.h"
#include "fovea-learn-page.h"
#include "fovea-network-page.h"
#include "fovea-window.h"

G_BEGIN_DECLS

/* The window's parts: fovea-window.c is the frame, fovea-window-actions.c what
 * can be done in it, fovea-window-bars.c what it tells below the header. */

struct _FoveaWindow
{
  AdwApplicationWindow parent_instance;

  guint inhibit_cookie;
  guint opening_patience;       /* until the opening bar is worth a look */
  gboolean recipe_bar_closed;   /* for the model that is open */

  /* Owned. */
  FoveaSession *session;
  GSettings *settings;          /* NULL where no schema is installed */
  GtkNativeDialog *dialog;      /* while one asks for a file */

  /* Template widgets. */
  AdwToastOverlay *toast_overlay;
  AdwViewStack *stack;
  AdwViewSwitcherTitle *switcher_title;
  GtkWidget *back_button;
  GtkWidget *open_folder_button;
  GtkWidget *open_model_button;
  GtkSpinner *spinner;
  GtkRevealer *opening_bar;
  GtkLabel *opening_label;
  GtkProgressBar *opening_progress;
  GtkRevealer *recipe_bar;
  GtkLabel *recipe_label;
  GtkWidget *drop_area;
  FoveaExplorePage *explore_page;
  FoveaNetworkPage *network_page;
  FoveaEvaluatePage *evaluate_page;
};

void  fovea_window_install_actions (FoveaWindow *self);
void  fovea_window_install_run_actions (FoveaWindow *self);
void  fovea_window_update_actions  (FoveaWindow *self);

void  fovea_window_connect_bars    (FoveaWindow *self);
void  fovea_window_clear_bars      (FoveaWindow *self);
void  fovea_window_close_recipe_bar (FoveaWindow *self);
void  fovea_window_edit_recipe     (FoveaWindow *self);

void  fovea_window_choose_folder   (FoveaWindow *self);
void  fovea_window_choose_model    (FoveaWindow *self);
void  fovea_window_choose_results  (FoveaWindow *self);

G_END_DECLS
