#pragma once

#include <stddef.h>
#include <stdint.h>

/**
 * CnnPixels:
 * @first: the top left pixel: red, green, blue
 * @across: bytes from a pixel to its neighbour on the right; negative in a
 *   picture that is mirrored
 * @down: bytes from a pixel to its neighbour below
 * @width: in pixels
 * @height: in pixels
 * @levels: (array fixed-size=3): the number that each byte of red, of green and
 *   of blue stands for
 *
 * A picture for a network that lies in memory as bytes: a crop of a larger one,
 * say, that nobody needs to copy or to convert before the network takes it. It
 * owns nothing.
 */
typedef struct
{
  const uint8_t *first;
  ptrdiff_t across;
  ptrdiff_t down;
  int width;
  int height;
  const float (*levels)[256];
} CnnPixels;
