#pragma once

#include "cnn.h"

G_BEGIN_DECLS

/* A folder of drawn pictures and a small network with random weights: what a
 * session needs, made anew for each test and removed after it. */
typedef struct
{
  char *path;
  GFile *pictures;
  GFile *model;
} AppFixture;

#define FIXTURE_N_CLASSES 3
#define FIXTURE_N_PICTURES 12

/* The picture at a position is so wide, and nobody else is. */
#define FIXTURE_WIDTH(position) (64 + 4 * (position))
#define FIXTURE_HEIGHT 64

void  app_fixture_set_up    (AppFixture    *fixture,
                             gconstpointer  data);
void  app_fixture_tear_down (AppFixture    *fixture,
                             gconstpointer  data);
void  app_fixture_write     (AppFixture    *fixture,
                             const char    *name,
                             const char    *contents);

G_END_DECLS
