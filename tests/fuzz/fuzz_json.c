/* SPDX-License-Identifier: MIT */
/* JSON: any bytes. What can be read must survive being printed in every format. */
#include "fuzz_document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_document(data, size, "json");
}
