<!doctype html>
<title><?= htmlspecialchars("Stars & planets") ?></title>
<ul>
<?php foreach (['Sirius' => 8.6, 'Vega' => 25.0] as $name => $distance): ?>
<li><?= $name ?>: <?= number_format($distance, 1) ?> light years
<?php endforeach ?>
</ul>
