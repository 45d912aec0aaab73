#!/usr/bin/env node
import "../dist/apply-command.js";
