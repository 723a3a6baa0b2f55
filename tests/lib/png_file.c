#include "png_file.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void put(PngFile *png, const void *bytes, size_t size)
{
    if (png->size + size > sizeof png->bytes)
        abort();
    memcpy(png->bytes + png->size, bytes, size);
    png->size += size;
}

static void put32(PngFile *png, uint32_t x)
{
    put(png, (unsigned char[]){x >> 24 & 255, x >> 16 & 255, x >> 8 & 255, x & 255}, 4);
}

static uint32_t crc32_of(const unsigned char *bytes, size_t size)
{
    uint32_t crc = 0xFFFFFFFF;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
    }
    return ~crc;
}

static uint32_t adler32_of(const unsigned char *bytes, size_t size)
{
    uint32_t a = 1, b = 0;
    for (size_t i = 0; i < size; i++) {
        a = (a + bytes[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

void png_chunk(PngFile *png, const char *type, const void *data, size_t length)
{
    put32(png, (uint32_t)length);
    size_t begin = png->size;
    put(png, type, 4);
    put(png, data, length);
    put32(png, crc32_of(png->bytes + begin, length + 4));
}

PngFile png_begin(int w, int h, int depth, int colours, bool interlaced)
{
    PngFile png = {.size = 0}, header = {.size = 0};
    put32(&header, (uint32_t)w);
    put32(&header, (uint32_t)h);
    put(&header, (unsigned char[]){depth & 255, colours & 255, 0, 0, interlaced}, 5);
    put(&png, "\x89PNG\r\n\x1A\n", 8);
    png_chunk(&png, "IHDR", header.bytes, header.size);
    return png;
}

/* Deflate's simplest form: one block, stored. */
void png_end(PngFile *png, const void *rows, size_t length)
{
    PngFile data = {.size = 0};
    put(&data, "\x78\x01\x01", 3);
    put(&data,
        (unsigned char[]){length & 255, length >> 8 & 255, ~length & 255, ~length >> 8 & 255}, 4);
    put(&data, rows, length);
    put32(&data, adler32_of(rows, length));
    png_chunk(png, "IDAT", data.bytes, data.size);
    png_chunk(png, "IEND", "", 0);
}
