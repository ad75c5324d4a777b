/** The first module of a worker thread. */
import type { BootRecord } from "../src/mail.ts";
import { confineThread, type Port, threadData } from "../src/runtime/mod.ts";
import { boot } from "./boot.ts";

confineThread();
const { record, port } = threadData<{ record: BootRecord; port: Port }>();
void boot(record, port);
