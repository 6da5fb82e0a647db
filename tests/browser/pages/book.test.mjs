// The book: every page without a complaint, on a phone too; themes and search, from files.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESKTOP, PHONE, barriers, pages, start, stop, stepperPages, visit } from './reader.mjs';

before(start);
after(stop);

/** What axe knows about names: of controls, links, pictures and the page itself. */
const NAMES = ['button-name', 'link-name', 'label', 'image-alt', 'svg-img-alt', 'aria-input-field-name', 'document-title', 'duplicate-id-aria'];

for (const page of pages) {
    test(`${page} complains of nothing, fits, and all of it has names`, async () => {
        for (const viewport of [DESKTOP, PHONE]) {
            await visit(page, { viewport }, async tab => {
                await tab.waitForLoadState('networkidle');
                const [wide, window] = await tab.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
                assert.ok(wide <= window, `it is ${wide} pixels wide, and the window ${window}`);
                assert.deepEqual(await barriers(tab, 'main', NAMES), []);
            });
        }
    });
}

/** The open listings whose lines don't fit, with what they are called. */
const cutOff = tab => tab.evaluate(() => [...document.querySelectorAll('main pre > code')]
    .filter(code => code.offsetParent && !code.closest('details:not([open])') && code.scrollWidth > code.clientWidth + 1)
    .map(code => `${code.closest('figure')?.querySelector('figcaption')?.textContent ?? code.textContent.slice(0, 40)}: ${code.scrollWidth - code.clientWidth}`));

test('no open listing is cut off on a desk, and none of Part I on a small screen', async () => {
    for (const page of pages) {
        for (const width of /^ch0[1-6]/.test(page) ? [1280, 1024] : [1280]) {
            await visit(page, { viewport: { width, height: 900 } }, async tab => {
                assert.deepEqual(await cutOff(tab), [], `${page} at ${width} pixels`);
            });
        }
    }
});

test('the theme can be changed, and stays', () => visit(pages.find(page => page.startsWith('ch')), {}, async tab => {
    const background = () => tab.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const choose = async name => {
        const item = tab.locator(`#mdbook-theme-${name}`);
        if (!await item.isVisible()) await tab.locator('#mdbook-theme-toggle').click();
        await item.click();
        await tab.waitForFunction(name => document.documentElement.classList.contains(name), name);
        return background();
    };
    const light = await choose('light');
    const dark = await choose('coal');
    assert.notEqual(dark, light);
    await tab.reload();
    assert.equal(await background(), dark);
}));

test('a word is found, and the result opens', () => visit(stepperPages[0], {}, async tab => {
    await tab.locator('#mdbook-search-toggle').click();
    await tab.locator('#mdbook-searchbar').pressSequentially('stack');
    const result = tab.locator('#mdbook-searchresults a').first();
    await result.waitFor();
    const target = await result.getAttribute('href');
    await result.click();
    await tab.waitForURL(address => address.href.includes('highlight=stack'));
    assert.ok(tab.url().includes(target.replace(/^.*\//, '').split('?')[0]));
    await tab.locator('main mark').first().waitFor();
}));

/** Puts an aside after the first paragraph of a page, as a page's source would. */
const withAside = tab => tab.evaluate(() => {
    const aside = document.createElement('aside');
    aside.innerHTML = '<p>In 1972 the HP-35 had a stack of four numbers, and <a href="#">no equals key</a>. <code>ENTER</code> was enough.</p>';
    document.querySelector('main p').after(aside);
});

const themes = ['light', 'coal'];

test('an aside is in the margin where there is one, and in the column elsewhere', async () => {
    for (const [width, isBeside] of [[1800, true], [1200, false], [360, false]]) {
        await visit('ch05-branches.html', { viewport: { width, height: 900 } }, async tab => {
            await withAside(tab);
            const box = selector => tab.evaluate(selector => {
                const { left, right } = document.querySelector(selector).getBoundingClientRect();
                return { left, right };
            }, selector);
            const [aside, column] = [await box('main aside'), await box('main')];
            if (isBeside) assert.ok(aside.left >= column.right, `${aside.left} of ${column.right}`);
            else assert.ok(aside.left >= column.left && aside.right <= column.right, `${width}`);
            assert.ok(aside.right <= width, `it ends at ${aside.right} of ${width}`);
        });
    }
});

for (const page of ['preface.html', 'ch05-branches.html', 'ch19-flat.html', 'glossary.html', 'cheat-sheet.html', 'schedule.html']) {
    test(`every text of ${page} is easy to read in both themes`, async () => {
        for (const theme of themes) {
            for (const viewport of [DESKTOP, { width: 1800, height: 900 }]) {
                await visit(page, { theme, viewport }, async tab => {
                    await tab.waitForLoadState('networkidle');
                    await withAside(tab);
                    await tab.evaluate(() => document.querySelectorAll('main details').forEach(it => { it.open = true; }));
                    assert.deepEqual(await barriers(tab, 'body', ['color-contrast']), [], theme);
                });
            }
        }
    });
}
