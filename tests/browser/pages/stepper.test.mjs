// The stepper: forward, back, by keys, by a link, without JavaScript, on a phone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESKTOP, PHONE, barriers, pages, start, stepperPages, stop, visit } from './reader.mjs';

before(start);
after(stop);

const page = stepperPages[0];

/** The recording that the page brings along, and what the panel shows of it. */
async function open(tab) {
    const host = tab.locator('.stepper').first();
    const recording = JSON.parse(await host.locator('script').textContent());
    const panel = host.locator('.stepper-panel');
    const button = name => panel.getByRole('button', { name, exact: true });
    const shown = () => panel.evaluate(panel => ({
        line: Number(panel.querySelector('.current')?.dataset.line ?? -1),
        stack: [...panel.querySelectorAll('.stepper-stack > div:not(.stepper-more)')].map(item => item.textContent).reverse(),
        status: panel.querySelector('[role=status]').textContent,
        slider: Number(panel.querySelector('input').value),
    }));
    /** Holds the panel against the recording. */
    const isAt = async position => {
        const { line, stack, status, slider } = await shown();
        const state = recording.steps[position] ?? recording.end.state;
        assert.equal(slider, position);
        assert.equal(line, state.line ?? -1);
        assert.deepEqual(stack, (state.stack ?? []).slice(-8));
        const sentence = position < recording.steps.length
            ? `Step ${position + 1} of ${recording.steps.length}. Next: ${recording.code[state.line].text}` : `${recording.end.text}.`;
        assert.ok(status.startsWith(sentence), `${status} does not begin with ${sentence}`);
    };
    return { host, recording, panel, button, isAt, length: recording.steps.length };
}

test('every chapter has a stepper', () => {
    const chapters = pages.filter(name => /^(ch\d\d|annex)-/.test(name));
    assert.ok(chapters.length > 0);
    assert.deepEqual(chapters.filter(name => !stepperPages.includes(name)), [], 'these have none');
});

test('the buttons go forward and back, and from end to end', () => visit(page, {}, async tab => {
    const { button, isAt, length } = await open(tab);
    await isAt(0);
    assert.ok(await button('Back').isDisabled());
    for (let position = 1; position <= length; position += 1) {
        await button('Next').click();
        await isAt(position);
    }
    assert.ok(await button('Next').isDisabled());
    await button('Back').click();
    await isAt(length - 1);
    await button('First step').click();
    await isAt(0);
    await button('Last step').click();
    await isAt(length);
}));

test('it runs, pauses, and comes to its end by itself', () => visit(page, {}, async tab => {
    const { button, isAt, length, panel } = await open(tab);
    await button('Run').click();
    assert.equal(await panel.getByRole('status').getAttribute('aria-live'), 'off');
    await tab.waitForFunction(() => document.querySelector('.stepper input').value >= 2);
    await button('Pause').click();
    const paused = Number(await panel.getByRole('slider').inputValue());
    await tab.waitForTimeout(1000);
    await isAt(paused);
    await button('Run').click();
    await button('Run').waitFor({ timeout: 60_000 });
    await isAt(length);
    assert.equal(await panel.getByRole('status').getAttribute('aria-live'), 'polite');
}));

test('the keys step where the panel has the focus, and do not turn the page', () => visit(page, {}, async tab => {
    const { panel, isAt, length } = await open(tab);
    await panel.focus();
    for (const [key, position] of [['ArrowRight', 1], ['ArrowRight', 2], ['ArrowLeft', 1], ['End', length], ['Home', 0]]) {
        await panel.press(key);
        await isAt(position);
    }
    await panel.getByRole('slider').focus();
    await tab.keyboard.press('ArrowRight');
    await isAt(1);
    assert.ok(tab.url().includes(page));
}));

test('the slider goes anywhere', () => visit(page, {}, async tab => {
    const { panel, isAt, length } = await open(tab);
    await panel.getByRole('slider').fill(String(length - 1));
    await isAt(length - 1);
    assert.equal(await panel.getByRole('slider').getAttribute('aria-valuetext'), `step ${length} of ${length}`);
}));

test('a link to a step opens it, in view, and the address follows the steps', () => visit(`${page}#step-3`, {}, async tab => {
    const { panel, isAt, button, host } = await open(tab);
    await isAt(2);
    const box = await panel.boundingBox();
    assert.ok(box.y > -box.height / 2 && box.y < 900, `the panel is at ${box.y}`);
    await button('Next').click();
    await tab.waitForFunction(() => location.hash === '#step-4');
    const top = await tab.evaluate(() => scrollY);
    await button('Next').click();
    await tab.waitForFunction(() => location.hash === '#step-5');
    assert.equal(await tab.evaluate(() => scrollY), top, 'a step does not scroll the page');
    await tab.evaluate(() => { location.hash = '#step-2'; });
    await isAt(1);
    await tab.evaluate(() => { location.hash = '#step-9999'; });
    await isAt(1);
    assert.equal(await host.locator('details').evaluate(table => table.open), false);
}));

test('a terminal is drawn over, and goes back in time', async () => {
    const page = stepperPages.find(page => page.startsWith('ch06'));
    await visit(page, {}, async tab => {
        const { button, panel } = await open(tab);
        const output = () => panel.locator('.stepper-output').textContent();
        assert.equal(await output(), '');
        await button('Last step').click();
        const last = await output();
        assert.match(last, /^ +<0:>$/, 'one player, on one line');
        await panel.getByRole('slider').fill('40');
        const before = await output();
        assert.match(before, /^ +<0:>$/);
        assert.ok(before.length < last.length, 'it was further left');
    });
});

test('every stepper of every page plays to its end, and nothing moves meanwhile', async () => {
    for (const [page, viewport] of stepperPages.flatMap(page => [[page, DESKTOP], [page, PHONE]])) {
        await visit(page, { viewport }, async tab => {
            const wrong = await tab.evaluate(() => [...document.querySelectorAll('.stepper')].flatMap((host, number) => {
                const panel = host.querySelector('.stepper-panel'), slider = panel.querySelector('input');
                const wrong = [], heights = new Set();
                for (let position = 0; position <= Number(slider.max); position += 1) {
                    slider.value = position;
                    slider.dispatchEvent(new Event('input'));
                    heights.add(Math.round(panel.offsetHeight));
                    const code = panel.querySelector('.stepper-code'), line = panel.querySelector('.current');
                    const [outer, inner] = [code, line ?? code].map(element => element.getBoundingClientRect());
                    if (inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1) wrong.push(`stepper ${number}: step ${position + 1} is out of sight`);
                }
                if (heights.size > 1) wrong.push(`stepper ${number} is of the heights ${[...heights]}`);
                return wrong;
            }));
            assert.deepEqual(wrong, [], `${page}, ${viewport.width} pixels wide`);
        });
    }
});

test('two steppers on a page have steps of different names', async () => {
    for (const page of stepperPages) {
        await visit(page, {}, async tab => {
            const prefixes = await tab.locator('.stepper').evaluateAll(hosts => hosts.map(host => host.dataset.prefix));
            assert.equal(new Set(prefixes).size, prefixes.length, `${page}: ${prefixes}`);
            for (const [number, prefix] of prefixes.entries()) {
                await tab.evaluate(hash => { location.hash = hash; }, `#${prefix}-2`);
                await tab.waitForFunction(number => document.querySelectorAll('.stepper input')[number].value === '1', number);
            }
        });
    }
});

test('without JavaScript there is a table', () => visit(`${page}#step-3`, { javaScriptEnabled: false }, async tab => {
    const host = tab.locator('.stepper').first();
    const rows = host.locator('tbody tr');
    assert.ok(await rows.first().isVisible());
    assert.ok(await rows.count() >= 5);
    assert.match(await tab.locator('tr:target').textContent(), /^3/);
    assert.equal(await host.locator('.stepper-panel').count(), 0);
}));

test('a screen reader finds its way, in light and dark', async () => {
    for (const theme of ['light', 'coal']) {
        await visit(page, { theme }, async tab => {
            const { button } = await open(tab);
            await button('Next').click();
            assert.deepEqual(await barriers(tab, '.stepper'), [], theme);
        });
    }
    for (const page of stepperPages) {
        await visit(page, { viewport: PHONE }, async tab => assert.deepEqual(await barriers(tab, '.stepper'), [], page));
    }
});

test('the keyboard comes in and gets out', () => visit(page, {}, async tab => {
    const { panel } = await open(tab);
    await panel.focus();
    const outline = await panel.evaluate(panel => getComputedStyle(panel).outlineStyle);
    assert.notEqual(outline, 'none', 'the focus is seen');
    let steps = 0;
    while (await tab.evaluate(() => document.querySelector('.stepper-panel').contains(document.activeElement))) {
        await tab.keyboard.press('Tab');
        steps += 1;
        assert.ok(steps < 15, 'no way out');
    }
}));

test('of two runs side by side, each takes the other along', () => visit('ch19-flat.html', {}, async tab => {
    const statuses = () => tab.locator('.steppers [role=status]').allTextContents();
    const next = which => tab.locator('.steppers .stepper-panel').nth(which).getByRole('button', { name: 'Next', exact: true });
    const end = which => tab.locator('.steppers .stepper-panel').nth(which).getByRole('button', { name: 'Last step', exact: true });
    // The list has no step for the tree's first, which is a block.
    await next(1).click();
    let [flat, tree] = await statuses();
    assert.match(flat, /^Step 1 of .*const 1000/);
    assert.match(tree, /^Step 2 of .*i32\.const 1000/);
    // And none for its third, which is a loop.
    await next(0).click();
    [flat, tree] = await statuses();
    assert.match(flat, /^Step 2 of .*local\.get 1/);
    assert.match(tree, /^Step 4 of .*local\.get \$i/);
    await end(1).click();
    [flat, tree] = await statuses();
    assert.equal(flat, tree);
}));
