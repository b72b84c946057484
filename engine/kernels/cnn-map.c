#include "kernels/cnn-map.h"

#include <string.h>

/* How many channels lie side by side in a pixel: a block of them, or all of them
 * in a map of few channels. */
static inline int
lanes_of (const CnnMap *map)
{
  return map->pixel < CNN_BLOCK ? (int) map->pixel : CNN_BLOCK;
}

static inline float *
row_of_channel (const CnnMap *map,
                int           channel,
                int           y)
{
  int lanes = lanes_of (map);

  return map->data + channel / lanes * map->block + channel % lanes + y * map->row;
}

/* Three planes side by side. A loop of its own, as compilers know how to shuffle
 * three streams into one. */
static void
fill_three (const CnnMap *map,
            const float  *planes)
{
  size_t plane = (size_t) map->height * map->width;

  for (int y = 0; y < map->height; y++)
    {
      float *restrict to = map->data + y * map->row;
      const float *from = planes + (size_t) y * map->width;

      for (int x = 0; x < map->width; x++)
        {
          to[3 * x] = from[x];
          to[3 * x + 1] = from[x + plane];
          to[3 * x + 2] = from[x + 2 * plane];
        }
    }
}

/* Copies row-major planes into a map. The lanes after the last channel become
 * zero. */
void
cnn_map_fill (const CnnMap *map,
              const float  *planes)
{
  int lanes = lanes_of (map);
  int padded = (map->channels + lanes - 1) / lanes * lanes;

  if (map->pixel == 3)
    {
      fill_three (map, planes);
      return;
    }

  for (int c = 0; c < padded; c++)
    for (int y = 0; y < map->height; y++)
      {
        float *to = row_of_channel (map, c, y);

        if (c < map->channels)
          for (int x = 0; x < map->width; x++)
            to[x * map->pixel] = *planes++;
        else
          for (int x = 0; x < map->width; x++)
            to[x * map->pixel] = 0;
      }
}

/* Converts a picture of the map's size into a map of three channels. */
void
cnn_map_fill_pixels (const CnnMap    *map,
                     const CnnPixels *pixels)
{
  for (int y = 0; y < map->height; y++)
    {
      const uint8_t *from = pixels->first + y * pixels->down;
      float *to = map->data + y * map->row;

      for (int x = 0; x < map->width; x++, from += pixels->across, to += map->pixel)
        {
          if (map->pixel > 3)
            memset (to, 0, map->pixel * sizeof (float));

          to[0] = pixels->levels[0][from[0]];
          to[1] = pixels->levels[1][from[1]];
          to[2] = pixels->levels[2][from[2]];
        }
    }
}

/* Copies a map into row-major planes. */
void
cnn_map_read (const CnnMap *map,
              float        *planes)
{
  for (int c = 0; c < map->channels; c++)
    for (int y = 0; y < map->height; y++)
      {
        const float *from = row_of_channel (map, c, y);

        for (int x = 0; x < map->width; x++)
          *planes++ = from[x * map->pixel];
      }
}

/* Blocks stay blocks. The lanes after the last channel go with it: whoever comes
 * there is copied later. */
static void
copy_blocks (const CnnMap *map,
             const CnnMap *to,
             int           first_block)
{
  int n_blocks = (map->channels + CNN_BLOCK - 1) / CNN_BLOCK;

  for (int block = 0; block < n_blocks; block++)
    for (int y = 0; y < map->height; y++)
      memcpy (to->data + (first_block + block) * to->block + y * to->row,
              map->data + block * map->block + y * map->row,
              (size_t) map->width * CNN_BLOCK * sizeof (float));
}

/* Copies a map into another of the same height and width, where its channels
 * become first_channel and those that follow. Parts of a map are copied in the
 * order of their channels. */
void
cnn_map_copy (const CnnMap *map,
              const CnnMap *to,
              int           first_channel)
{
  if (map->pixel == CNN_BLOCK && to->pixel == CNN_BLOCK && first_channel % CNN_BLOCK == 0)
    {
      copy_blocks (map, to, first_channel / CNN_BLOCK);
      return;
    }

  for (int c = 0; c < map->channels; c++)
    for (int y = 0; y < map->height; y++)
      {
        const float *from = row_of_channel (map, c, y);
        float *into = row_of_channel (to, first_channel + c, y);

        for (int x = 0; x < map->width; x++)
          into[x * to->pixel] = from[x * map->pixel];
      }
}

/* Writes zeros around a map: as many pixels above, left, below and right as
 * border says. What is right of a row and left of the next lies together. */
void
cnn_map_clear_border (const CnnMap *map,
                      const int     border[4])
{
  int lanes = lanes_of (map);
  int n_blocks = (map->channels + lanes - 1) / lanes;
  size_t left = border[1] * map->pixel;
  size_t right = border[3] * map->pixel;
  size_t above = border[0] * map->row;
  size_t below = border[2] * map->row;

  for (int block = 0; block < n_blocks; block++)
    {
      float *first = map->data + block * map->block;
      float *end = first + map->width * map->pixel;

      memset (first - left - above, 0, (above + left) * sizeof (float));
      for (int y = 0; y + 1 < map->height; y++, end += map->row)
        memset (end, 0, (right + left) * sizeof (float));
      memset (end, 0, (right + below) * sizeof (float));
    }
}
