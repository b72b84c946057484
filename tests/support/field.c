#include "support/field.h"

#include "kernels/cnn-map.h"

#include <string.h>

/* What lies in memory that no kernel may touch. */
#define UNTOUCHED 1234.5f

static gsize
n_elements (const CnnMap *map)
{
  return (gsize) map->channels * map->height * map->width;
}

/* A map to write into. pixel is 16, or the number of channels. */
Field *
field_new (int       channels,
           int       height,
           int       width,
           const int border[4],
           int       pixel)
{
  Field *field = g_new0 (Field, 1);
  CnnMap *map = &field->map;
  int n_blocks = pixel < CNN_BLOCK ? 1 : cnn_n_blocks (channels);

  memcpy (field->border, border, sizeof field->border);
  map->channels = channels;
  map->height = height;
  map->width = width;
  map->pixel = pixel;
  map->row = (border[1] + width + border[3]) * map->pixel;
  map->block = (border[0] + height + border[2]) * map->row;

  field->size = n_blocks * map->block;
  field->memory = g_new (float, field->size);
  for (gsize i = 0; i < field->size; i++)
    field->memory[i] = UNTOUCHED;
  map->data = field->memory + border[0] * map->row + border[1] * map->pixel;
  field->planes = g_new0 (float, n_elements (map));

  return field;
}

void
field_free (Field *field)
{
  g_free (field->memory);
  g_free (field->planes);
  g_free (field);
}

/* A map to read, with zeros around it. */
Field *
field_new_random (int       channels,
                  int       height,
                  int       width,
                  const int border[4],
                  int       pixel)
{
  Field *field = field_new (channels, height, width, border, pixel);

  for (gsize i = 0; i < n_elements (&field->map); i++)
    field->planes[i] = g_test_rand_double_range (-1, 1);
  cnn_map_clear_border (&field->map, border);
  cnn_map_fill (&field->map, field->planes);

  return field;
}

/* A number of the picture; 0 beyond its edge. */
double
field_look_up (const Field *field,
               int          c,
               int          y,
               int          x)
{
  const CnnMap *map = &field->map;

  if (y < 0 || y >= map->height || x < 0 || x >= map->width)
    return 0;

  return field->planes[((gsize) c * map->height + y) * map->width + x];
}

/* What lies in memory, in a map that may have its numbers elsewhere. */
float
field_get (const CnnMap *map,
           const float  *data,
           int           c,
           int           y,
           int           x)
{
  return data[c / CNN_BLOCK * map->block + y * map->row + x * map->pixel + c % CNN_BLOCK];
}

void
field_assert_border_untouched (const Field *field)
{
  const CnnMap *map = &field->map;

  for (gsize i = 0; i < field->size; i++)
    {
      int row = i % map->block / map->row - field->border[0];
      int column = i % map->row / map->pixel - field->border[1];

      if (row < 0 || row >= map->height || column < 0 || column >= map->width)
        g_assert_cmpfloat (field->memory[i], ==, UNTOUCHED);
    }
}

/* By channel, in whole blocks. */
float *
random_channels (int n)
{
  float *values = g_new (float, cnn_n_blocks (n) * CNN_BLOCK);

  for (int i = 0; i < cnn_n_blocks (n) * CNN_BLOCK; i++)
    values[i] = i < n ? g_test_rand_double_range (-1, 1) : 0;

  return values;
}

/* What a finish should make of a sum: where it starts, and after each part. */
