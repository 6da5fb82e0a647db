// A reader of the book: Chromium without a network, who notices all that goes wrong.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const folder = process.env.BOOK;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const PHONE = { width: 360, height: 740 };
export const DESKTOP = { width: 1200, height: 900 };

/** The pages of the book. `toc.html` is a part of others, and `404.html` is for servers. */
export const pages = readdirSync(folder)
    .filter(name => name.endsWith('.html') && !['toc.html', '404.html'].includes(name)).sort();

/** The pages with a stepper. The page for printing has all of them, and is no page to step on. */
export const stepperPages = pages.filter(name => !['print.html', 'index.html'].includes(name)
    && readFileSync(join(folder, name), 'utf8').includes('class="stepper"'));

export const url = page => pathToFileURL(join(folder, page.replace(/#.*/, ''))).href + (page.match(/#.*/) || [''])[0];

let browser;

export async function start() {
    browser = await chromium.launch({
        executablePath: process.env.CHROMIUM.includes('/') ? process.env.CHROMIUM : which(process.env.CHROMIUM),
        args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
            '--disable-component-update', '--disable-sync'],
    });
}

export const stop = () => browser.close();

function which(program) {
    for (const place of (process.env.PATH || '').split(process.platform === 'win32' ? ';' : ':')) {
        try {
            const found = readdirSync(place).find(name => name === program || name === `${program}.exe`);
            if (found) return join(place, found);
        } catch { /* Not every place in a PATH is there. */ }
    }
    return program;
}

/**
 * Lets `read` read a page, and fails where the page complained, asked for what is not there, or for the network.
 * The options are those of a browser's context; `theme` is one of mdBook's.
 */
export async function visit(page, options, read) {
    const { theme, ...context } = options;
    const room = await browser.newContext({ viewport: DESKTOP, offline: true, ...context });
    const complaints = [];
    const tab = await room.newPage();
    tab.on('console', message => {
        if (message.type() === 'error') complaints.push(`${message.type()}: ${message.text()}`);
    });
    tab.on('pageerror', error => complaints.push(`error: ${error.message}`));
    tab.on('requestfailed', request => complaints.push(`failed: ${request.url()}`));
    tab.on('request', request => {
        if (!/^(file|data|blob):/.test(request.url())) complaints.push(`network: ${request.url()}`);
    });
    tab.setDefaultTimeout(30_000);
    try {
        if (theme) {
            await tab.addInitScript(name => localStorage.setItem('mdbook-theme', name), theme);
        }
        await tab.goto(url(page));
        await read(tab);
    } finally {
        await room.close();
    }
    if (complaints.length) throw new Error(`${page}:\n${complaints.join('\n')}`);
}

/** What axe finds wrong in a part of the page. It may load nothing: files cannot be fetched. */
export async function barriers(tab, selector, rules) {
    await tab.evaluate(axe);
    const found = await tab.evaluate(([selector, rules]) => axe.run(selector, { preload: false, ...(rules && { runOnly: rules }) }), [selector, rules]);
    return found.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(node => node.html.slice(0, 120)).join(' ')}`);
}
