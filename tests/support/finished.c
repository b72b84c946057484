#include "support/finished.h"

#include "support/random.h"

#include <math.h>
#include <string.h>

/* Of the sum of the absolute values of what is added up, and 1. */
#define TOLERANCE 2e-6

void
finished_clear (Finished *self)
{
  g_free (self->scale);
  g_free (self->shift);
  g_clear_pointer (&self->addend, field_free);
  for (guint i = 0; i < G_N_ELEMENTS (self->kept); i++)
    g_clear_pointer (&self->kept[i], field_free);
}

void
finished_init (Finished    *self,
               const Field *out)
{
  const CnnMap *map = &out->map;

  memset (self, 0, sizeof *self);
  if (chance (0.5))
    {
      self->finish.scale = self->scale = random_channels (map->channels);
      self->finish.shift = self->shift = random_channels (map->channels);
    }
  if (chance (0.5))
    {
      self->addend = field_new_random (map->channels, map->height, map->width,
                                   (int[4]) { pick (0, 1), pick (0, 2), 0, pick (0, 2) }, CNN_BLOCK);
      self->finish.addend = self->addend->map;
    }
  if (chance (0.5))
    {
      self->finish.clamp = TRUE;
      self->finish.low = -0.25;
      self->finish.high = chance (0.5) ? 0.5 : INFINITY;
    }

  if (chance (0.5))
    {
      for (guint i = 0; i < G_N_ELEMENTS (self->kept); i++)
        self->kept[i] = field_new (map->channels, map->height, map->width, out->border, CNN_BLOCK);
      self->finish.before_scale = self->kept[0]->map.data;
      self->finish.before_add = self->kept[1]->map.data;
      self->finish.before_clamp = self->kept[2]->map.data;
    }
}

/* magnitude is the sum of the absolute values of what was added up. */
void
assert_near (float  found,
             double expected,
             double magnitude)
{
  g_assert_cmpfloat_with_epsilon (found, expected, TOLERANCE * (magnitude + 1));
}

/* Checks an output that should be the sum, finished, and what was kept. */
void
finished_assert (const Finished *self,
                 const CnnMap   *out,
                 int             c,
                 int             y,
                 int             x,
                 double          sum,
                 double          magnitude)
{
  const CnnFinish *finish = &self->finish;
  double value = sum;

  if (finish->scale != NULL)
    {
      if (finish->before_scale != NULL)
        assert_near (field_get (out, finish->before_scale, c, y, x), value, magnitude);
      value = value * finish->scale[c] + finish->shift[c];
    }
  if (self->addend != NULL)
    {
      if (finish->before_add != NULL)
        assert_near (field_get (out, finish->before_add, c, y, x), value, magnitude);
      value += field_look_up (self->addend, c, y, x);
    }
  if (finish->clamp)
    {
      if (finish->before_clamp != NULL)
        assert_near (field_get (out, finish->before_clamp, c, y, x), value, magnitude);
      value = CLAMP (value, finish->low, finish->high);
    }

  assert_near (field_get (out, out->data, c, y, x), value, magnitude);
}
